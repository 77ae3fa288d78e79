import type { CSSProperties, ReactNode } from "react";
import type { PackView } from "../../../src-shared/ipc/index.ts";
import { useBridge } from "../../bridge/index.tsx";
import { useI18n } from "../../i18n/index.ts";
import { Button, Dialog, Reason } from "../../ui/index.ts";
import styles from "./content-pack.module.css";

/** A content pack: it is shown, written only when the user confirms, and what came of it is told. */
export function PackDialog({ pack }: { pack: PackView }): ReactNode {
  const { messages } = useI18n();
  const bridge = useBridge();
  const { id, stage, label } = pack;
  const dismiss = (): void => void bridge.call("pack.dismiss", { id });
  const name = label ?? "";
  const titles = {
    offered: messages.pack.title(name),
    writing: messages.pack.writingTitle(name),
    done: messages.pack.doneTitle,
    refused: messages.pack.refusedTitle,
  };
  return (
    <Dialog title={titles[stage]} open onClose={stage === "writing" ? undefined : dismiss}>
      <div className={styles["pack"]} data-pack={stage}>
        <Content pack={pack} />
        <div className={styles["actions"]}>
          {stage === "offered" && (
            <Button look="main" onPress={() => void bridge.call("pack.accept", { id })}>
              {messages.pack.accept}
            </Button>
          )}
          <Button onPress={dismiss}>
            {stage === "writing"
              ? messages.pack.stop
              : stage === "offered"
                ? messages.pack.decline
                : messages.app.close}
          </Button>
        </div>
      </div>
    </Dialog>
  );
}

function Content({ pack: { stage, label, bytes, written, problem } }: { pack: PackView }): ReactNode {
  const { messages, format } = useI18n();
  switch (stage) {
    case "offered":
      return (
        <>
          <p>{messages.pack.says(format.bytes(bytes))}</p>
          <p>{messages.pack.keep}</p>
        </>
      );
    case "writing":
      return (
        <>
          <p>{messages.pack.keep}</p>
          <p>{messages.pack.written(format.bytes(written), format.bytes(bytes))}</p>
          <div
            role="progressbar"
            aria-label={messages.pack.progress}
            aria-valuemin={0}
            aria-valuemax={100}
            aria-valuenow={Math.floor(bytes === 0 ? 100 : (written / bytes) * 100)}
            className={styles["bar"]}
            style={{ "--share": bytes === 0 ? 1 : written / bytes } as CSSProperties}
          />
        </>
      );
    case "done":
      return <p role="status">{messages.pack.done(label ?? "")}</p>;
    case "refused":
      return problem !== null && <Reason code={problem} />;
  }
}
