import type { ReactNode } from "react";
import { Label, TextArea as AriaTextArea, TextField as AriaTextField } from "react-aria-components";
import styles from "./text-field.module.css";

type TextAreaProps = { label: string; value: string; onChange: (value: string) => void; maxLength: number };

/** A multi-line text field with its label above it. */
export function TextArea({ label, value, onChange, maxLength }: TextAreaProps): ReactNode {
  return (
    <AriaTextField className={styles["field"] ?? ""} value={value} onChange={onChange} maxLength={maxLength}>
      <Label className={styles["label"] ?? ""}>{label}</Label>
      <AriaTextArea className={styles["area"] ?? ""} rows={4} />
    </AriaTextField>
  );
}
