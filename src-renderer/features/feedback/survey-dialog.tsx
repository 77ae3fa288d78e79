import { type ReactNode, useState } from "react";
import { MAX_LINE, MAX_TEXT, NOT_NOW, type Opinion } from "../../../src-shared/feedback/index.ts";
import { useBridge } from "../../bridge/index.tsx";
import { type ProblemCode, useI18n } from "../../i18n/index.ts";
import { Button, Dialog, Reason, TextArea, TextField } from "../../ui/index.ts";
import styles from "./feedback.module.css";
import { ScoreRow } from "./score-row.tsx";

/** Asks a pilot once what they think of this version. Closing the dialog means "not now". */
export function SurveyDialog({ version }: { version: string }): ReactNode {
  const { messages } = useI18n();
  const bridge = useBridge();
  const [opinion, setOpinion] = useState<Opinion>(NOT_NOW);
  const [busy, setBusy] = useState(false);
  const [problem, setProblem] = useState<ProblemCode | null>(null);
  const change = (part: Partial<Opinion>): void => setOpinion((before) => ({ ...before, ...part }));

  async function answer(said: Opinion): Promise<void> {
    setBusy(true);
    const reply = await bridge.call("feedback.answer", said);
    setBusy(false);
    setProblem(reply.ok ? null : reply.error.code);
  }

  const notNow = (): void => void answer(NOT_NOW);
  const line = (name: "well" | "badly" | "contact"): ReactNode => (
    <TextField
      label={messages.feedback[name]}
      value={opinion[name]}
      maxLength={MAX_LINE}
      onChange={(text) => change({ [name]: text })}
    />
  );
  return (
    <Dialog title={messages.feedback.title(version)} open onClose={notNow}>
      <div className={styles["stack"]}>
        <p className={styles["muted"]}>{messages.feedback.body}</p>
        <ScoreRow score={opinion.score} onChange={(score) => change({ score })} />
        {line("well")}
        {line("badly")}
        <details className={styles["more"]}>
          <summary>{messages.feedback.more}</summary>
          <div className={styles["stack"]}>
            <TextArea
              label={messages.feedback.comment}
              value={opinion.comment}
              maxLength={MAX_TEXT}
              onChange={(comment) => change({ comment })}
            />
            {line("contact")}
          </div>
        </details>
        {problem !== null && <Reason code={problem} />}
        <div className={styles["actions"]}>
          <Button look="main" isDisabled={busy || opinion.score === null} onPress={() => void answer(opinion)}>
            {messages.feedback.send}
          </Button>
          <Button isDisabled={busy} onPress={notNow}>
            {messages.feedback.notNow}
          </Button>
        </div>
      </div>
    </Dialog>
  );
}
