import { CalendarClock, Info, Unplug, X } from "lucide-react";
import type { ReactNode } from "react";
import type { ScreenView } from "../../../src-shared/ipc/index.ts";
import { useBridge } from "../../bridge/index.tsx";
import { type ProblemCode, useSpeech } from "../../i18n/index.ts";
import { Button, IconButton, Notice } from "../../ui/index.ts";
import styles from "./catalog.module.css";

type CatalogNoticesProps = {
  screen: Extract<ScreenView, { stage: "catalog" }>;
  /** Why the last thing that was asked for did not happen. */
  problem: ProblemCode | null;
  onProblem: (code: ProblemCode | null) => void;
};

/** Quiet bars under the catalog's own bar, each with one action. */
export function CatalogNotices({ screen, problem, onProblem }: CatalogNoticesProps): ReactNode {
  const { words } = useSpeech();
  const bridge = useBridge();

  async function renew(): Promise<void> {
    const reply = await bridge.call("license.choose-file", undefined);
    onProblem(reply.ok || reply.error.code === "CANCELLED" ? null : reply.error.code);
  }

  return (
    <div className={styles["notices"]}>
      {!screen.present && <Notice icon={<Unplug aria-hidden />}>{words.catalog.away}</Notice>}
      {screen.license.code === "GRACE" && (
        <Notice
          icon={<CalendarClock aria-hidden />}
          action={<Button onPress={() => void renew()}>{words.catalog.renew}</Button>}
        >
          {words.catalog.grace(screen.license.graceDaysLeft)}
        </Notice>
      )}
      {problem !== null && (
        <Notice
          icon={<Info aria-hidden />}
          action={
            <IconButton label={words.app.dismiss} onPress={() => onProblem(null)}>
              <X aria-hidden />
            </IconButton>
          }
        >
          <ProblemSentence code={problem} />
        </Notice>
      )}
    </div>
  );
}

function ProblemSentence({ code }: { code: ProblemCode }): ReactNode {
  const { words, explain } = useSpeech();
  const { what, why, next } = explain(code);
  return (
    <p data-code={code}>
      <strong>{what}.</strong> {why} {next}{" "}
      <small>
        {words.app.code} {code}
      </small>
    </p>
  );
}
