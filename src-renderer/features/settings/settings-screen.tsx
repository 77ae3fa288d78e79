import { ArrowLeft } from "lucide-react";
import { type ReactNode, useState } from "react";
import { APPEARANCES, type Settings, type Snapshot } from "../../../src-shared/ipc/index.ts";
import { LANGUAGE_NAMES, LANGUAGES } from "../../../src-shared/languages.ts";
import { useBridge } from "../../bridge/index.tsx";
import { type ProblemCode, useI18n } from "../../i18n/index.ts";
import { Button, Page, RadioGroup, Reason, Switch, useKey } from "../../ui/index.ts";
import { CopyDiagnostics } from "../diagnostics/index.ts";
import { ReportProblem } from "../feedback/index.ts";
import { HealthPanel, PrivacyPanel } from "../telemetry/index.ts";
import { UpdatesPanel } from "../updates/index.ts";
import { NoticesDialog } from "./notices-dialog.tsx";
import styles from "./settings.module.css";

export function SettingsScreen({ snapshot, onLeave }: { snapshot: Snapshot; onLeave: () => void }): ReactNode {
  const { messages } = useI18n();
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
          {messages.app.back}
        </Button>
      }
    >
      <div className={styles["column"]}>
        <h1 className={styles["title"]}>{messages.settings.title}</h1>
        {problem !== null && <Reason code={problem} />}
        <section className={styles["card"]}>
          <RadioGroup
            label={messages.settings.language}
            value={snapshot.settings.language}
            options={[
              { id: "system" as const, label: messages.settings.languageOfComputer },
              ...LANGUAGES.map((id) => ({ id, label: LANGUAGE_NAMES[id], lang: id })),
            ]}
            onChange={(language) => void change({ language })}
          />
          <RadioGroup
            label={messages.settings.appearance}
            value={snapshot.settings.appearance}
            options={APPEARANCES.map((id) => ({ id, label: messages.settings.appearances[id] }))}
            onChange={(appearance) => void change({ appearance })}
          />
        </section>
        <section className={styles["card"]} aria-labelledby="watching-title">
          <h2 id="watching-title" className={styles["subtitle"]}>
            {messages.settings.watching}
          </h2>
          <Switch
            label={messages.settings.autoplay}
            isOn={snapshot.settings.autoplay}
            onChange={(autoplay) => void change({ autoplay })}
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
  const { messages, format } = useI18n();
  const [notices, setNotices] = useState(false);
  const { screen, support, version, telemetry } = snapshot;
  const license = screen.stage === "catalog" ? screen.license : null;
  return (
    <section className={styles["card"]} aria-labelledby="about-title">
      <h2 id="about-title" className={styles["subtitle"]}>
        {messages.settings.about}
      </h2>
      <p>{messages.settings.promise}</p>
      <dl className={styles["facts"]}>
        <dt>{messages.settings.version}</dt>
        <dd>
          {messages.app.name} {version}
        </dd>
        <dt>{messages.settings.license}</dt>
        <dd>
          {license === null ? messages.settings.noLicense : messages.catalog.validUntil(format.date(license.expires))}
        </dd>
        {support !== "" && (
          <>
            <dt>{messages.settings.support}</dt>
            <dd className={styles["support"]}>{support}</dd>
          </>
        )}
      </dl>
      <div>
        <Button onPress={() => setNotices(true)}>{messages.settings.notices}</Button>
      </div>
      <CopyDiagnostics />
      {telemetry.consent === "given" && <ReportProblem />}
      <NoticesDialog open={notices} onClose={() => setNotices(false)} />
    </section>
  );
}
