import { type ReactNode, useState } from "react";
import { type Complaint, MAX_LINE, MAX_TEXT } from "../../../src-shared/feedback/index.ts";
import { useBridge } from "../../bridge/index.tsx";
import { type ProblemCode, useSpeech } from "../../i18n/index.ts";
import { Button, Dialog, ExactText, Reason, TextArea, TextField, Waiting } from "../../ui/index.ts";
import styles from "./feedback.module.css";

const NOTHING: Complaint = { words: "", contact: "" };

/** Opens a ticket: the person's words, with diagnostics that are shown before they go. */
export function ReportProblem(): ReactNode {
  const { words } = useSpeech();
  const bridge = useBridge();
  const [diagnostics, setDiagnostics] = useState<string | null>(null);

  async function open(): Promise<void> {
    const reply = await bridge.call("problem.draft", undefined);
    setDiagnostics(reply.ok ? reply.value.text : "");
  }

  const close = (): void => setDiagnostics(null);
  return (
    <div>
      <Button onPress={() => void open()}>{words.feedback.report}</Button>
      <Dialog title={words.feedback.reportTitle} open={diagnostics !== null} onClose={close}>
        <Report diagnostics={diagnostics ?? ""} onClose={close} />
      </Dialog>
    </div>
  );
}

function Report({ diagnostics, onClose }: { diagnostics: string; onClose: () => void }): ReactNode {
  const { words } = useSpeech();
  const bridge = useBridge();
  const [complaint, setComplaint] = useState(NOTHING);
  const [busy, setBusy] = useState(false);
  const [ticket, setTicket] = useState<string | null>(null);
  const [problem, setProblem] = useState<ProblemCode | null>(null);

  async function send(): Promise<void> {
    setBusy(true);
    const reply = await bridge.call("problem.report", complaint);
    setBusy(false);
    setTicket(reply.ok ? reply.value.ticket : null);
    setProblem(reply.ok ? null : reply.error.code);
  }

  if (ticket !== null) return <Thanks ticket={ticket} onClose={onClose} />;
  return (
    <div className={styles["stack"]}>
      <TextArea
        label={words.feedback.what}
        value={complaint.words}
        maxLength={MAX_TEXT}
        onChange={(said) => setComplaint({ ...complaint, words: said })}
      />
      <TextField
        label={words.feedback.contact}
        value={complaint.contact}
        maxLength={MAX_LINE}
        onChange={(contact) => setComplaint({ ...complaint, contact })}
      />
      <p className={styles["muted"]}>{words.feedback.goes}</p>
      <details className={styles["more"]}>
        <summary>{words.feedback.showDiagnostics}</summary>
        <ExactText label={words.feedback.diagnostics} text={diagnostics} />
      </details>
      {problem !== null && <Reason code={problem} />}
      <div className={styles["actions"]}>
        <Button look="main" isDisabled={busy || complaint.words.trim() === ""} onPress={() => void send()}>
          {words.feedback.send}
        </Button>
        <Button isDisabled={busy} onPress={onClose}>
          {words.feedback.notNow}
        </Button>
        {busy && <Waiting>{words.feedback.sending}</Waiting>}
      </div>
    </div>
  );
}

function Thanks({ ticket, onClose }: { ticket: string; onClose: () => void }): ReactNode {
  const { words } = useSpeech();
  return (
    <div className={styles["stack"]} role="status">
      <p>{words.feedback.thanks}</p>
      <p className={styles["ticket"]} data-ticket>
        {ticket}
      </p>
      <p className={styles["muted"]}>{words.feedback.quote}</p>
      <div>
        <Button look="main" autoFocus onPress={onClose}>
          {words.feedback.done}
        </Button>
      </div>
    </div>
  );
}
