import { Info, TriangleAlert } from "lucide-react";
import type { ReactNode } from "react";
import { type ProblemCode, useI18n } from "../i18n/index.ts";
import { classNames } from "./class-names.ts";
import styles from "./reason.module.css";

type ReasonProps = { code: ProblemCode; date?: number | null; isCopy?: boolean; action?: ReactNode };

/** Not shown as failures: everyone starts without a license, and content that is there already is what was wanted. */
const CALM: readonly ProblemCode[] = ["MISSING", "PACK_PRESENT"];

/** Explains a problem: what happened, why, what to do now, and for a failure the code for support. */
export function Reason({ code, date = null, isCopy = false, action }: ReasonProps): ReactNode {
  const { explain, messages } = useI18n();
  const { what, why, next } = explain(code, date, isCopy);
  const calm = CALM.includes(code);
  return (
    <section className={classNames(styles["reason"], calm && styles["calm"])} role="status" data-code={code}>
      {calm ? <Info aria-hidden /> : <TriangleAlert aria-hidden />}
      <div className={styles["words"]}>
        <h2 className={styles["what"]}>{what}</h2>
        <p>{why}</p>
        <p className={styles["next"]}>{next}</p>
        {!calm && (
          <p className={styles["code"]}>
            {messages.app.code} <code>{code}</code>
          </p>
        )}
      </div>
      {action}
    </section>
  );
}
