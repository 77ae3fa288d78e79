import { type ReactNode, useState } from "react";
import type { LicenseFacts } from "../../../src-shared/ipc/index.ts";
import { useBridge } from "../../bridge/index.tsx";
import { type ProblemCode, useSpeech } from "../../i18n/index.ts";
import { Button, Dialog, Reason, Waiting } from "../../ui/index.ts";
import styles from "./license.module.css";

type ReturnLicenseProps = { facts: LicenseFacts; onReturned: () => void };

/** Gives a license of this computer back, after saying what that means and asking once. */
export function ReturnLicense({ facts, onReturned }: ReturnLicenseProps): ReactNode {
  const { words } = useSpeech();
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
      <Button onPress={ask}>{words.returning.ask}</Button>
      <Dialog title={words.returning.title} open={asking} onClose={() => setAsking(false)}>
        <div className={styles["offer"]}>
          <p>{words.returning.body}</p>
          <p>{words.returning.after}</p>
          {problem !== null && <Reason code={problem} />}
          <div className={styles["actions"]}>
            <Button look="main" isDisabled={busy} onPress={() => void giveBack()}>
              {words.returning.confirm}
            </Button>
            <Button onPress={() => setAsking(false)}>{words.offer.decline}</Button>
            {busy && <Waiting>{words.returning.busy}</Waiting>}
          </div>
        </div>
      </Dialog>
    </div>
  );
}
