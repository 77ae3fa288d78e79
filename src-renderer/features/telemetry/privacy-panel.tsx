import type { ReactNode } from "react";
import type { TelemetryView } from "../../../src-shared/ipc/index.ts";
import { useI18n } from "../../i18n/index.ts";
import { Reason, Switch, Waiting } from "../../ui/index.ts";
import { NextBatch } from "./next-batch.tsx";
import styles from "./telemetry.module.css";
import { useConsent } from "./use-consent.ts";

/** The consent to telemetry: its state, what it means, and the progress of an erasure after it was withdrawn. */
export function PrivacyPanel({ telemetry }: { telemetry: TelemetryView }): ReactNode {
  const { messages } = useI18n();
  const { busy, problem, answer } = useConsent();
  const { consent, erasure } = telemetry;
  const isOn = consent === "given";
  return (
    <section className={styles["card"]} aria-labelledby="privacy-title" data-consent={consent} data-erasure={erasure}>
      <h2 id="privacy-title" className={styles["title"]}>
        {messages.telemetry.title}
      </h2>
      <Switch label={messages.telemetry.share} isOn={isOn} isDisabled={busy} onChange={answer} />
      <p role="status">{isOn ? messages.telemetry.on : messages.telemetry.off}</p>
      {busy && isOn && <Waiting>{messages.telemetry.withdrawing}</Waiting>}
      {problem !== null && <Reason code={problem} />}
      {!isOn && erasure !== "none" && <p role="status">{messages.telemetry.erasures[erasure]}</p>}
      <p>{messages.telemetry.askBody}</p>
      <p className={styles["muted"]}>{messages.telemetry.never}</p>
      <NextBatch />
    </section>
  );
}
