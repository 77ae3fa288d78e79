import { ClipboardList } from "lucide-react";
import { type ReactNode, useState } from "react";
import { useBridge } from "../../bridge/index.tsx";
import { type ProblemCode, useI18n } from "../../i18n/index.ts";
import { Button, DoneMark, ExactText, Reason } from "../../ui/index.ts";
import styles from "./diagnostics.module.css";

/** Copies the diagnostics for support, and shows the exact copied text. */
export function CopyDiagnostics(): ReactNode {
  const { messages } = useI18n();
  const bridge = useBridge();
  const [text, setText] = useState<string | null>(null);
  const [problem, setProblem] = useState<ProblemCode | null>(null);

  async function copy(): Promise<void> {
    const reply = await bridge.call("diagnostics.copy", undefined);
    setText(reply.ok ? reply.value.text : null);
    setProblem(reply.ok ? null : reply.error.code);
  }

  return (
    <div className={styles["diagnostics"]}>
      <p className={styles["promise"]}>{messages.diagnostics.body}</p>
      {problem !== null && <Reason code={problem} />}
      <div className={styles["actions"]}>
        <Button icon={<ClipboardList aria-hidden />} onPress={() => void copy()}>
          {messages.diagnostics.copy}
        </Button>
        <DoneMark text={text && messages.license.copied} />
      </div>
      {text !== null && (
        <details>
          <summary>{messages.diagnostics.show}</summary>
          <ExactText label={messages.diagnostics.title} text={text} />
        </details>
      )}
    </div>
  );
}
