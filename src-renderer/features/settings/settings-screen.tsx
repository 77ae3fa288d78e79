import { ArrowLeft } from "lucide-react";
import { type ReactNode, useState } from "react";
import { APPEARANCES, type Settings, type Snapshot } from "../../../src-shared/ipc/index.ts";
import { LANGUAGE_NAMES, LANGUAGES } from "../../../src-shared/languages.ts";
import { useBridge } from "../../bridge/index.tsx";
import { type ProblemCode, useSpeech } from "../../i18n/index.ts";
import { Button, Page, RadioGroup, Reason, useKey } from "../../ui/index.ts";
import { CopyDiagnostics } from "../diagnostics/index.ts";
import { ReportProblem } from "../feedback/index.ts";
import { HealthPanel, PrivacyPanel } from "../telemetry/index.ts";
import { UpdatesPanel } from "../updates/index.ts";
import { NoticesDialog } from "./notices-dialog.tsx";
import styles from "./settings.module.css";

export function SettingsScreen({ snapshot, onLeave }: { snapshot: Snapshot; onLeave: () => void }): ReactNode {
  const { words } = useSpeech();
  const bridge = useBridge();
  const [problem, setProblem] = useState<ProblemCode | null>(null);
  useKey("Escape", onLeave);

  async function change(settings: Partial<Settings>): Promise<void> {
    const reply = await bridge.call("settings.change", settings);
    setProblem(reply.ok ? null : reply.error.code);
  }

  return (
    <Page
      screen="settings"
      start={
        <Button look="quiet" icon={<ArrowLeft aria-hidden />} onPress={onLeave}>
          {words.app.back}
        </Button>
      }
    >
      <div className={styles["column"]}>
        <h1 className={styles["title"]}>{words.settings.title}</h1>
        {problem !== null && <Reason code={problem} />}
        <section className={styles["card"]}>
          <RadioGroup
            label={words.settings.language}
            value={snapshot.settings.language}
            options={[
              { id: "system" as const, label: words.settings.languageOfComputer },
              ...LANGUAGES.map((id) => ({ id, label: LANGUAGE_NAMES[id], lang: id })),
            ]}
            onChange={(language) => void change({ language })}
          />
          <RadioGroup
            label={words.settings.appearance}
            value={snapshot.settings.appearance}
            options={APPEARANCES.map((id) => ({ id, label: words.settings.appearances[id] }))}
            onChange={(appearance) => void change({ appearance })}
          />
        </section>
        {snapshot.updates !== null && <UpdatesPanel updates={snapshot.updates} version={snapshot.version} />}
        <PrivacyPanel telemetry={snapshot.telemetry} />
        {isStaff(snapshot) && <HealthPanel />}
        <About snapshot={snapshot} />
      </div>
    </Page>
  );
}

function isStaff({ telemetry, screen }: Snapshot): boolean {
  return telemetry.invitation === "ring0" || (screen.stage === "catalog" && screen.license.ring === "ring0");
}

function About({ snapshot }: { snapshot: Snapshot }): ReactNode {
  const { words, format } = useSpeech();
  const [notices, setNotices] = useState(false);
  const { screen, support, version, telemetry } = snapshot;
  const license = screen.stage === "catalog" ? screen.license : null;
  return (
    <section className={styles["card"]} aria-labelledby="about-title">
      <h2 id="about-title" className={styles["subtitle"]}>
        {words.settings.about}
      </h2>
      <p>{words.settings.promise}</p>
      <dl className={styles["facts"]}>
        <dt>{words.settings.version}</dt>
        <dd>
          {words.app.name} {version}
        </dd>
        <dt>{words.settings.license}</dt>
        <dd>{license === null ? words.settings.noLicense : words.catalog.validUntil(format.date(license.expires))}</dd>
        {support !== "" && (
          <>
            <dt>{words.settings.support}</dt>
            <dd className={styles["support"]}>{support}</dd>
          </>
        )}
      </dl>
      <div>
        <Button onPress={() => setNotices(true)}>{words.settings.notices}</Button>
      </div>
      <CopyDiagnostics />
      {telemetry.consent === "given" && <ReportProblem />}
      <NoticesDialog open={notices} onClose={() => setNotices(false)} />
    </section>
  );
}
