import { Check, Copy, Save } from "lucide-react";
import { type ReactNode, useRef, useState } from "react";
import { useAppState, useBridge } from "../../bridge/index.tsx";
import { type ProblemCode, useSpeech } from "../../i18n/index.ts";
import { Button, Reason, Waiting } from "../../ui/index.ts";
import styles from "./license.module.css";
import { RequestCode } from "./request-code.tsx";

/** Asked for only when wanted: making it touches the computer's keychain. */
export function ActivationRequest(): ReactNode {
  const { words } = useSpeech();
  const bridge = useBridge();
  const state = useAppState();
  const [text, setText] = useState<string | null>(null);
  const [busy, setBusy] = useState(false);
  const [problem, setProblem] = useState<ProblemCode | null>(null);
  const support = typeof state === "object" && state.support !== "" ? state.support : words.app.publisher;

  async function create(): Promise<void> {
    setBusy(true);
    setProblem(null);
    const reply = await bridge.call("license.request", undefined);
    setBusy(false);
    if (reply.ok) setText(reply.value.text);
    else setProblem(reply.error.code);
  }

  return (
    <section className={styles["card"]} aria-labelledby="request-title">
      <h2 id="request-title" className={styles["subtitle"]}>
        {words.license.requestTitle}
      </h2>
      <p>{words.license.requestBody(support)}</p>
      {problem !== null && <Reason code={problem} />}
      {text === null ? (
        <div className={styles["actions"]}>
          <Button isDisabled={busy} onPress={() => void create()}>
            {words.license.request}
          </Button>
          {busy && <Waiting>{words.license.requesting}</Waiting>}
        </div>
      ) : (
        <RequestText text={text} onProblem={setProblem} />
      )}
    </section>
  );
}

function RequestText({ text, onProblem }: { text: string; onProblem: (code: ProblemCode | null) => void }): ReactNode {
  const { words } = useSpeech();
  const bridge = useBridge();
  const field = useRef<HTMLTextAreaElement>(null);
  const [done, setDone] = useState<"copied" | "saved" | null>(null);

  async function save(): Promise<void> {
    onProblem(null);
    const reply = await bridge.call("license.save-request", undefined);
    if (reply.ok) setDone("saved");
    else if (reply.error.code !== "CANCELLED") onProblem(reply.error.code);
  }

  // The older call needs no permission, and leaves the text selected where copying is not possible.
  function copy(): void {
    field.current?.focus();
    field.current?.select();
    if (document.execCommand("copy")) setDone("copied");
  }

  return (
    <>
      <textarea
        ref={field}
        className={styles["request"]}
        aria-label={words.license.requestText}
        readOnly
        rows={6}
        value={text}
        spellCheck={false}
      />
      <div className={styles["actions"]}>
        <Button icon={<Copy aria-hidden />} onPress={copy}>
          {words.license.copy}
        </Button>
        <Button icon={<Save aria-hidden />} onPress={() => void save()}>
          {words.license.save}
        </Button>
        <span role="status" className={styles["done"]}>
          {done !== null && (
            <>
              <Check aria-hidden />
              {done === "copied" ? words.license.copied : words.license.saved}
            </>
          )}
        </span>
      </div>
      <RequestCode text={text} />
    </>
  );
}
