import { ArrowLeft } from "lucide-react";
import { type ReactNode, useState } from "react";
import type { LicenseEntry, Snapshot, StickView } from "../../../src-shared/ipc/index.ts";
import { useI18n } from "../../i18n/index.ts";
import { Button, Page, Reason, useKey, Waiting } from "../../ui/index.ts";
import { Protections } from "../protection/index.ts";
import { CopyDiagnostics } from "../diagnostics/index.ts";
import { ImportResult } from "./import-result.tsx";
import styles from "./license.module.css";
import { LicenseDrop } from "./license-drop.tsx";
import { LicenseFacts } from "./license-facts.tsx";
import { OtherLicenses } from "./other-licenses.tsx";
import { ReturnLicense } from "./return-license.tsx";
import { ReturnedLicenses } from "./returned-licenses.tsx";
import { useLicenseImport } from "./use-license-import.ts";
import { useOverview } from "./use-overview.ts";
import { Validity } from "./validity.tsx";

type LicenseScreenProps = { snapshot: Snapshot; stick: StickView; onLeave: () => void };

/** The license in use with its customer, dates, stick and computer, and every other license at hand. */
export function LicenseScreen({ snapshot, stick, onLeave }: LicenseScreenProps): ReactNode {
  const { messages } = useI18n();
  const overview = useOverview();
  const { checking, outcome, importText, refuseTooLarge, chooseFile } = useLicenseImport();
  const [justReturned, setJustReturned] = useState(false);
  useKey("Escape", onLeave);

  const returned = overview.stage === "ready" ? overview.returned : [];
  const licenses = overview.stage === "ready" ? overview.licenses : [];
  // The license that opens the stick, or would open it with its passphrase, comes first.
  const main = licenses.find(({ status }) => status === "in-use" || status === "waiting");
  const others = licenses.filter((entry) => entry !== main);
  const around = { sticks: [stick, ...snapshot.recent], here: stick };
  return (
    <Page
      screen="license"
      start={
        <Button look="quiet" icon={<ArrowLeft aria-hidden />} onPress={onLeave}>
          {messages.app.back}
        </Button>
      }
    >
      <div className={styles["column"]}>
        <header>
          <p className={styles["stick"]}>{messages.license.stick(stick.label)}</p>
          <h1 className={styles["title"]}>{messages.license.about}</h1>
        </header>
        {overview.stage === "loading" && <Waiting>{messages.license.loading}</Waiting>}
        {overview.stage === "refused" && <Reason code={overview.code} />}
        {overview.stage === "ready" && (
          <Main entry={main} now={snapshot.now} {...around} onReturned={() => setJustReturned(true)} />
        )}
        {snapshot.screen.stage === "catalog" && <Protections protection={snapshot.screen.protection} isCard />}
        {returned.length > 0 && <ReturnedLicenses returned={returned} justReturned={justReturned} />}
        {outcome !== null && <ImportResult outcome={outcome} />}
        <LicenseDrop
          asked={overview.stage === "ready" && main === undefined}
          checking={checking}
          onText={importText}
          onTooLarge={refuseTooLarge}
          onChoose={chooseFile}
        />
        {others.length > 0 && <OtherLicenses entries={others} now={snapshot.now} {...around} />}
        <section className={styles["card"]} aria-labelledby="diagnostics-title">
          <h2 id="diagnostics-title" className={styles["subtitle"]}>
            {messages.diagnostics.title}
          </h2>
          <CopyDiagnostics />
        </section>
      </div>
    </Page>
  );
}

type MainProps = {
  entry: LicenseEntry | undefined;
  now: number;
  sticks: readonly StickView[];
  here: StickView;
  onReturned: () => void;
};

function Main({ entry, now, sticks, here, onReturned }: MainProps): ReactNode {
  const { messages } = useI18n();
  if (entry === undefined || entry.facts === null || entry.status === "refused")
    return <p className={styles["none"]}>{messages.license.none}.</p>;
  // A license that a passphrase opens on any computer cannot be returned.
  const isReturnable = entry.facts.computer === "this" && !entry.facts.passphrase;
  return (
    <section className={styles["card"]} aria-label={messages.license.about} data-code={entry.code}>
      <p className={styles["standing"]}>{messages.license.standings[entry.status]}</p>
      <Validity facts={entry.facts} now={now} />
      <LicenseFacts facts={entry.facts} places={entry.locations} sticks={sticks} here={here} />
      {isReturnable && <ReturnLicense facts={entry.facts} onReturned={onReturned} />}
    </section>
  );
}
