import { type ReactNode, useState } from "react";
import { type ProblemReport, MAX_LINE, MAX_TEXT } from "../../../src-shared/feedback/index.ts";
import { useBridge } from "../../bridge/index.tsx";
import { type ProblemCode, useI18n } from "../../i18n/index.ts";
import { Button, Dialog, ExactText, Reason, TextArea, TextField, Waiting } from "../../ui/index.ts";
import styles from "./feedback.module.css";

const NOTHING: ProblemReport = { words: "", contact: "" };

/** Opens a ticket with the user's description and the diagnostics, which are shown before they are sent. */
export function ReportProblem(): ReactNode {
  const { messages } = useI18n();
  const bridge = useBridge();
  const [diagnostics, setDiagnostics] = useState<string | null>(null);

  async function open(): Promise<void> {
    const reply = await bridge.call("problem.draft", undefined);
    setDiagnostics(reply.ok ? reply.value.text : "");
  }

  const close = (): void => setDiagnostics(null);
  return (
    <div>
      <Button onPress={() => void open()}>{messages.feedback.report}</Button>
      <Dialog title={messages.feedback.reportTitle} open={diagnostics !== null} onClose={close}>
        <Report diagnostics={diagnostics ?? ""} onClose={close} />
      </Dialog>
    </div>
  );
}

function Report({ diagnostics, onClose }: { diagnostics: string; onClose: () => void }): ReactNode {
  const { messages } = useI18n();
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
        label={messages.feedback.what}
        value={complaint.words}
        maxLength={MAX_TEXT}
        onChange={(said) => setComplaint({ ...complaint, words: said })}
      />
      <TextField
        label={messages.feedback.contact}
        value={complaint.contact}
        maxLength={MAX_LINE}
        onChange={(contact) => setComplaint({ ...complaint, contact })}
      />
      <p className={styles["muted"]}>{messages.feedback.goes}</p>
      <details className={styles["more"]}>
        <summary>{messages.feedback.showDiagnostics}</summary>
        <ExactText label={messages.feedback.diagnostics} text={diagnostics} />
      </details>
      {problem !== null && <Reason code={problem} />}
      <div className={styles["actions"]}>
        <Button look="main" isDisabled={busy || complaint.words.trim() === ""} onPress={() => void send()}>
          {messages.feedback.send}
        </Button>
        <Button isDisabled={busy} onPress={onClose}>
          {messages.feedback.notNow}
        </Button>
        {busy && <Waiting>{messages.feedback.sending}</Waiting>}
      </div>
    </div>
  );
}

function Thanks({ ticket, onClose }: { ticket: string; onClose: () => void }): ReactNode {
  const { messages } = useI18n();
  return (
    <div className={styles["stack"]} role="status">
      <p>{messages.feedback.thanks}</p>
      <p className={styles["ticket"]} data-ticket>
        {ticket}
      </p>
      <p className={styles["muted"]}>{messages.feedback.quote}</p>
      <div>
        <Button look="main" autoFocus onPress={onClose}>
          {messages.feedback.done}
        </Button>
      </div>
    </div>
  );
}
