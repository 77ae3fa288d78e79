import { type ReactNode, useEffect, useRef, useState } from "react";
import type { ReturnedLicense } from "../../../src-shared/ipc/index.ts";
import { useBridge } from "../../bridge/index.tsx";
import { type ProblemCode, useI18n } from "../../i18n/index.ts";
import { CopyableText, Reason } from "../../ui/index.ts";
import styles from "./license.module.css";

type ReturnedLicensesProps = {
  returned: readonly ReturnedLicense[];
  /** The first license was returned just now: the user needs its proof next. */
  justReturned: boolean;
};

/** The licenses returned from this computer, with the proofs that the publisher asks for. */
export function ReturnedLicenses({ returned, justReturned }: ReturnedLicensesProps): ReactNode {
  const { messages, format } = useI18n();
  const heading = useRef<HTMLHeadingElement>(null);

  // The element that had the focus has disappeared with the license.
  useEffect(() => {
    if (justReturned) heading.current?.focus();
  }, [justReturned, returned.length]);

  return (
    <section className={styles["card"]} aria-labelledby="returned-title">
      <h2 id="returned-title" ref={heading} tabIndex={-1} className={styles["subtitle"]}>
        {messages.returning.list}
      </h2>
      <p>{messages.returning.listBody}</p>
      <ul className={styles["others"]}>
        {returned.map((one, index) => (
          <li key={`${one.licenseId} ${one.seq}`}>
            <details open={justReturned && index === 0}>
              <summary>
                {messages.returning.on(format.date(one.returned))}{" "}
                <code className={styles["number"]}>{`${one.licenseId} / ${one.seq}`}</code>
              </summary>
              <Proof returned={one} />
            </details>
          </li>
        ))}
      </ul>
    </section>
  );
}

function Proof({ returned }: { returned: ReturnedLicense }): ReactNode {
  const { messages } = useI18n();
  const bridge = useBridge();
  const [problem, setProblem] = useState<ProblemCode | null>(null);
  const { licenseId, seq, proof } = returned;

  async function save(): Promise<boolean> {
    const reply = await bridge.call("license.save-proof", { licenseId, seq });
    setProblem(reply.ok || reply.error.code === "CANCELLED" ? null : reply.error.code);
    return reply.ok;
  }

  return (
    <div className={styles["offer"]}>
      {problem !== null && <Reason code={problem} />}
      <CopyableText label={messages.returning.proof} text={proof} onSave={save} />
    </div>
  );
}
