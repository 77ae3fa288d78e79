import type { ReactNode } from "react";
import type { UpdateOutcome } from "../../../src-shared/ipc/index.ts";
import { useSpeech } from "../../i18n/index.ts";
import { groupOf } from "./problem-group.ts";
import styles from "./updates.module.css";

/** What the last look came to, where it brought nothing to install. */
export function Outcome({ outcome }: { outcome: UpdateOutcome }): ReactNode {
  const { words } = useSpeech();
  if (outcome.kind === "current") return null;
  if (outcome.kind === "hold") {
    return (
      <div role="status" data-code={outcome.reason}>
        <p>{words.updates.holds[outcome.reason]}</p>
        {outcome.words !== "" && <p className={styles["muted"]}>{words.updates.says(outcome.words)}</p>}
      </div>
    );
  }
  const { what, why, next } = words.updates.problems[groupOf(outcome.code)];
  return (
    <div role="status" className={styles["problem"]} data-code={outcome.code}>
      <h3 className={styles["subtitle"]}>{what}</h3>
      <p>{why}</p>
      <p>{next}</p>
      <p className={styles["muted"]}>
        {words.app.code} <code>{outcome.code}</code>
      </p>
    </div>
  );
}
