import { CalendarClock, CircleCheck, Info, Unplug, X } from "lucide-react";
import type { ReactNode } from "react";
import type { ScreenView } from "../../../src-shared/ipc/index.ts";
import { type ProblemCode, useI18n } from "../../i18n/index.ts";
import { Button, IconButton, Notice, Waiting } from "../../ui/index.ts";
import { countdownOf, useLicenseImport, useLicenseIntake } from "../license/index.ts";
import styles from "./catalog.module.css";

type CatalogNoticesProps = {
  screen: Extract<ScreenView, { stage: "catalog" }>;
  now: number;
  dismissed: string;
  onDismiss: (countdown: string) => void;
  /** Why the last action failed. */
  problem: ProblemCode | null;
  onProblem: (code: ProblemCode | null) => void;
};

/** The notices under the bar of the catalog, and the import of a renewal that is dropped or pasted anywhere. */
export function CatalogNotices(props: CatalogNoticesProps): ReactNode {
  const { screen, now, dismissed, onDismiss, problem, onProblem } = props;
  const { messages, format } = useI18n();
  const { checking, outcome, importText, refuseTooLarge, chooseFile, forget } = useLicenseImport();
  const isDraggedOver = useLicenseIntake({ onText: importText, onTooLarge: refuseTooLarge });
  const countdown = countdownOf(screen.license, now);
  const renew = (
    <Button isDisabled={checking} onPress={chooseFile}>
      {messages.catalog.renew}
    </Button>
  );
  const putAway = (onPress: () => void): ReactNode => (
    <IconButton label={messages.app.dismiss} onPress={onPress}>
      <X aria-hidden />
    </IconButton>
  );

  return (
    <div className={styles["notices"]}>
      {isDraggedOver && (
        <div className={styles["veil"]} aria-hidden>
          {messages.license.releaseNow}
        </div>
      )}
      {!screen.present && <Notice icon={<Unplug aria-hidden />}>{messages.catalog.away}</Notice>}
      {screen.license.code === "GRACE" && (
        <Notice icon={<CalendarClock aria-hidden />} action={renew}>
          {messages.catalog.grace(screen.license.graceDaysLeft)}
        </Notice>
      )}
      {countdown !== null && countdown.id !== dismissed && (
        <Notice
          tone="quiet"
          icon={<CalendarClock aria-hidden />}
          action={
            <>
              {renew}
              {putAway(() => onDismiss(countdown.id))}
            </>
          }
        >
          {messages.catalog.expires(countdown.days)}
        </Notice>
      )}
      {checking && <Waiting>{messages.license.checking}</Waiting>}
      {outcome?.kind === "imported" && outcome.license !== null && (
        <Notice icon={<CircleCheck aria-hidden />} action={putAway(forget)}>
          {messages.license.imported(format.date(outcome.license.expires))}
        </Notice>
      )}
      {outcome?.kind === "refused" && (
        <Notice icon={<Info aria-hidden />} action={putAway(forget)}>
          <ProblemSentence code={outcome.code} />
        </Notice>
      )}
      {problem !== null && (
        <Notice icon={<Info aria-hidden />} action={putAway(() => onProblem(null))}>
          <ProblemSentence code={problem} />
        </Notice>
      )}
    </div>
  );
}

function ProblemSentence({ code }: { code: ProblemCode }): ReactNode {
  const { messages, explain } = useI18n();
  const { what, why, next } = explain(code);
  return (
    <p data-code={code}>
      <strong>{what}.</strong> {why} {next}{" "}
      <small>
        {messages.app.code} {code}
      </small>
    </p>
  );
}
