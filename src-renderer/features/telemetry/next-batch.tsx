import { type ReactNode, useState } from "react";
import type { TelemetryPart } from "../../../src-shared/ipc/index.ts";
import { useBridge } from "../../bridge/index.tsx";
import { useI18n } from "../../i18n/index.ts";
import { Button, ExactText, Waiting } from "../../ui/index.ts";
import styles from "./telemetry.module.css";

/** Shows the exact next batch on request. */
export function NextBatch(): ReactNode {
  const { messages } = useI18n();
  const bridge = useBridge();
  const [parts, setParts] = useState<readonly TelemetryPart[] | "preparing" | null>(null);

  async function show(): Promise<void> {
    setParts("preparing");
    const reply = await bridge.call("telemetry.preview", undefined);
    setParts(reply.ok ? reply.value : null);
  }

  const toggle = (): void => (parts === null ? void show() : setParts(null));
  return (
    <div className={styles["stack"]}>
      <div>
        <Button aria-expanded={parts !== null} onPress={toggle}>
          {parts === null ? messages.telemetry.show : messages.telemetry.hide}
        </Button>
      </div>
      {parts === "preparing" && <Waiting>{messages.telemetry.preparing}</Waiting>}
      {parts !== null && parts !== "preparing" && (
        <>
          <p>{messages.telemetry.previewBody}</p>
          {parts.map((part) => (
            <Part key={part.kind} {...part} />
          ))}
        </>
      )}
    </div>
  );
}

function Part({ kind, to, signed, text }: TelemetryPart): ReactNode {
  const { messages } = useI18n();
  const title = messages.telemetry.kinds[kind];
  return (
    <figure className={styles["part"]}>
      <figcaption>
        <strong>{title}</strong>{" "}
        <span className={styles["muted"]}>{to === null ? messages.telemetry.stays : messages.telemetry.to(to)}</span>
      </figcaption>
      {signed && <p className={styles["muted"]}>{messages.telemetry.signed}</p>}
      <ExactText label={title} text={text} part={kind} />
    </figure>
  );
}
