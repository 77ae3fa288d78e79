import { type ReactNode, useState } from "react";
import type { LicenseFacts } from "../../../src-shared/ipc/index.ts";
import { useBridge } from "../../bridge/index.tsx";
import { type ProblemCode, useI18n } from "../../i18n/index.ts";
import { Button, Dialog, Reason, Waiting } from "../../ui/index.ts";
import styles from "./license.module.css";

type ReturnLicenseProps = { facts: LicenseFacts; onReturned: () => void };

/** Returns a license of this computer, after an explanation and a confirmation. */
export function ReturnLicense({ facts, onReturned }: ReturnLicenseProps): ReactNode {
  const { messages } = useI18n();
  const bridge = useBridge();
  const [asking, setAsking] = useState(false);
  const [busy, setBusy] = useState(false);
  const [problem, setProblem] = useState<ProblemCode | null>(null);
  const { licenseId, seq } = facts;

  async function giveBack(): Promise<void> {
    setBusy(true);
    const reply = await bridge.call("license.return", { licenseId, seq });
    setBusy(false);
    if (!reply.ok) {
      setProblem(reply.error.code);
      return;
    }
    setAsking(false);
    onReturned();
  }

  function ask(): void {
    setProblem(null);
    setAsking(true);
  }

  return (
    <div className={styles["actions"]}>
      <Button onPress={ask}>{messages.returning.ask}</Button>
      <Dialog title={messages.returning.title} open={asking} onClose={() => setAsking(false)}>
        <div className={styles["offer"]}>
          <p>{messages.returning.body}</p>
          <p>{messages.returning.after}</p>
          {problem !== null && <Reason code={problem} />}
          <div className={styles["actions"]}>
            <Button look="main" isDisabled={busy} onPress={() => void giveBack()}>
              {messages.returning.confirm}
            </Button>
            <Button onPress={() => setAsking(false)}>{messages.offer.decline}</Button>
            {busy && <Waiting>{messages.returning.busy}</Waiting>}
          </div>
        </div>
      </Dialog>
    </div>
  );
}
