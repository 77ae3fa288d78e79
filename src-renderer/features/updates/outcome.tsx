import type { ReactNode } from "react";
import type { UpdateOutcome } from "../../../src-shared/ipc/index.ts";
import { useI18n } from "../../i18n/index.ts";
import { groupOf } from "./problem-group.ts";
import styles from "./updates.module.css";

/** The result of the last check where there is nothing to install. */
export function Outcome({ outcome }: { outcome: UpdateOutcome }): ReactNode {
  const { messages } = useI18n();
  if (outcome.kind === "current") return null;
  if (outcome.kind === "hold") {
    return (
      <div role="status" data-code={outcome.reason}>
        <p>{messages.updates.holds[outcome.reason]}</p>
        {outcome.words !== "" && (
          <details>
            <summary>{messages.updates.says}</summary>
            {/* In one language, which need not be that of the app. */}
            <p lang="">{outcome.words}</p>
          </details>
        )}
      </div>
    );
  }
  const { what, why, next } = messages.updates.problems[groupOf(outcome.code)];
  return (
    <div role="status" className={styles["problem"]} data-code={outcome.code}>
      <h3 className={styles["subtitle"]}>{what}</h3>
      <p>{why}</p>
      <p>{next}</p>
      <p className={styles["muted"]}>
        {messages.app.code} <code>{outcome.code}</code>
      </p>
    </div>
  );
}
