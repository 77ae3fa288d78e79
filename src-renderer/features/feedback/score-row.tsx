import type { ReactNode } from "react";
import { Label, Radio, RadioGroup } from "react-aria-components";
import { useI18n } from "../../i18n/index.ts";
import styles from "./feedback.module.css";

const SCORES = Array.from({ length: 11 }, (_, score) => score);

/** The scores from 0 to 10 in one row. */
export function ScoreRow(props: { score: number | null; onChange: (score: number) => void }): ReactNode {
  const { messages } = useI18n();
  const { score, onChange } = props;
  return (
    <RadioGroup
      className={styles["rating"] ?? ""}
      orientation="horizontal"
      value={score === null ? null : String(score)}
      onChange={(picked) => onChange(Number(picked))}
    >
      <Label className={styles["label"] ?? ""}>{messages.feedback.score}</Label>
      <div className={styles["scores"]}>
        {SCORES.map((one) => (
          <Radio key={one} value={String(one)} className={styles["score"] ?? ""}>
            {one}
          </Radio>
        ))}
      </div>
      <div className={styles["ends"]} aria-hidden>
        <span>{messages.feedback.lowest}</span>
        <span>{messages.feedback.highest}</span>
      </div>
    </RadioGroup>
  );
}
