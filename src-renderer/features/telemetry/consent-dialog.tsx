import type { ReactNode } from "react";
import type { Ring } from "../../../src-shared/license/index.ts";
import { useI18n } from "../../i18n/index.ts";
import { Button, Dialog, Reason } from "../../ui/index.ts";
import { NextBatch } from "./next-batch.tsx";
import styles from "./telemetry.module.css";
import { useConsent } from "./use-consent.ts";

/** Asks an enrolled user for consent. Closing the dialog means no; both answers take the same effort. */
export function ConsentDialog({ invitation }: { invitation: Ring }): ReactNode {
  const { messages } = useI18n();
  const { busy, problem, answer } = useConsent();
  return (
    <Dialog title={messages.telemetry.askTitle} open onClose={() => answer(false)}>
      <div className={styles["stack"]}>
        <p>{messages.telemetry.invited[invitation]}</p>
        <p>{messages.telemetry.askBody}</p>
        <p>{messages.telemetry.never}</p>
        <p className={styles["muted"]}>{messages.telemetry.askLater}</p>
        {problem !== null && <Reason code={problem} />}
        <div className={styles["actions"]}>
          <Button isDisabled={busy} onPress={() => answer(true)}>
            {messages.telemetry.agree}
          </Button>
          <Button isDisabled={busy} onPress={() => answer(false)}>
            {messages.telemetry.refuse}
          </Button>
        </div>
        <NextBatch />
      </div>
    </Dialog>
  );
}
