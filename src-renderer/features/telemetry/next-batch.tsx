import { type ReactNode, useState } from "react";
import type { TelemetryPart } from "../../../src-shared/ipc/index.ts";
import { useBridge } from "../../bridge/index.tsx";
import { useSpeech } from "../../i18n/index.ts";
import { Button, ExactText, Waiting } from "../../ui/index.ts";
import styles from "./telemetry.module.css";

/** Shows on request the very next batch: nobody has to take our word for what it says. */
export function NextBatch(): ReactNode {
  const { words } = useSpeech();
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
          {parts === null ? words.telemetry.show : words.telemetry.hide}
        </Button>
      </div>
      {parts === "preparing" && <Waiting>{words.telemetry.preparing}</Waiting>}
      {parts !== null && parts !== "preparing" && (
        <>
          <p>{words.telemetry.previewBody}</p>
          {parts.map((part) => (
            <Part key={part.kind} {...part} />
          ))}
        </>
      )}
    </div>
  );
}

function Part({ kind, to, signed, text }: TelemetryPart): ReactNode {
  const { words } = useSpeech();
  const title = words.telemetry.kinds[kind];
  return (
    <figure className={styles["part"]}>
      <figcaption>
        <strong>{title}</strong>{" "}
        <span className={styles["muted"]}>{to === null ? words.telemetry.stays : words.telemetry.to(to)}</span>
      </figcaption>
      {signed && <p className={styles["muted"]}>{words.telemetry.signed}</p>}
      <ExactText label={title} text={text} part={kind} />
    </figure>
  );
}
