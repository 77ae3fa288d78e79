import { type ReactNode, useState } from "react";
import { useAppState, useBridge } from "../../bridge/index.tsx";
import { type Messages, type ProblemCode, useI18n } from "../../i18n/index.ts";
import { Button, CopyableText, Reason, Waiting } from "../../ui/index.ts";
import styles from "./license.module.css";
import { RequestCode } from "./request-code.tsx";

/** Why a person may want a license: each has its title. */
export type RequestOccasion = keyof Messages["license"]["requestTitles"];

/** Made only on request: it writes to the computer's keychain. */
export function ActivationRequest({ occasion }: { occasion: RequestOccasion }): ReactNode {
  const { messages } = useI18n();
  const bridge = useBridge();
  const state = useAppState();
  const [text, setText] = useState<string | null>(null);
  const [busy, setBusy] = useState(false);
  const [problem, setProblem] = useState<ProblemCode | null>(null);
  const support = typeof state === "object" && state.support !== "" ? state.support : messages.app.publisher;

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
        {messages.license.requestTitles[occasion]}
      </h2>
      <p>{messages.license.requestBody(support)}</p>
      {problem !== null && <Reason code={problem} />}
      {text === null ? (
        <div className={styles["actions"]}>
          <Button isDisabled={busy} onPress={() => void create()}>
            {messages.license.request}
          </Button>
          {busy && <Waiting>{messages.license.requesting}</Waiting>}
        </div>
      ) : (
        <RequestText text={text} onProblem={setProblem} />
      )}
    </section>
  );
}

function RequestText({ text, onProblem }: { text: string; onProblem: (code: ProblemCode | null) => void }): ReactNode {
  const { messages } = useI18n();
  const bridge = useBridge();

  async function save(): Promise<boolean> {
    const reply = await bridge.call("license.save-request", undefined);
    onProblem(reply.ok || reply.error.code === "CANCELLED" ? null : reply.error.code);
    return reply.ok;
  }

  return (
    <>
      <CopyableText label={messages.license.requestText} text={text} onSave={save} />
      <RequestCode text={text} />
    </>
  );
}
