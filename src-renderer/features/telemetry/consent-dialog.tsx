import type { ReactNode } from "react";
import type { Ring } from "../../../src-shared/license/index.ts";
import { useSpeech } from "../../i18n/index.ts";
import { Button, Dialog, Reason } from "../../ui/index.ts";
import { NextBatch } from "./next-batch.tsx";
import styles from "./telemetry.module.css";
import { useConsent } from "./use-consent.ts";

/** The one question to somebody who is enrolled. To close it is to say no; neither answer is made easier. */
export function ConsentDialog({ invitation }: { invitation: Ring }): ReactNode {
  const { words } = useSpeech();
  const { busy, problem, answer } = useConsent();
  return (
    <Dialog title={words.telemetry.askTitle} open onClose={() => answer(false)}>
      <div className={styles["stack"]}>
        <p>{words.telemetry.invited[invitation]}</p>
        <p>{words.telemetry.askBody}</p>
        <p>{words.telemetry.never}</p>
        <p className={styles["muted"]}>{words.telemetry.askLater}</p>
        {problem !== null && <Reason code={problem} />}
        <div className={styles["actions"]}>
          <Button isDisabled={busy} onPress={() => answer(true)}>
            {words.telemetry.agree}
          </Button>
          <Button isDisabled={busy} onPress={() => answer(false)}>
            {words.telemetry.refuse}
          </Button>
        </div>
        <NextBatch />
      </div>
    </Dialog>
  );
}
