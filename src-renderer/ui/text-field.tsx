import type { ReactNode } from "react";
import { Input, Label, TextField as AriaTextField } from "react-aria-components";
import styles from "./text-field.module.css";

type TextFieldProps = {
  label: string;
  value: string;
  onChange: (value: string) => void;
  type?: "text" | "password";
  maxLength: number;
  /** While the typed text is processed. The field keeps the focus. */
  readOnly?: boolean;
  /** For a screen that has this field as its only purpose. */
  autoFocus?: boolean;
  /** A control at the end of the field. */
  children?: ReactNode;
};

/** A single-line text field with its label above it. */
export function TextField(props: TextFieldProps): ReactNode {
  const { label, value, onChange, type = "text", maxLength, readOnly = false, autoFocus = false, children } = props;
  return (
    <AriaTextField
      className={styles["field"] ?? ""}
      value={value}
      onChange={onChange}
      type={type}
      maxLength={maxLength}
      isReadOnly={readOnly}
      autoFocus={autoFocus}
      autoComplete="off"
    >
      <Label className={styles["label"] ?? ""}>{label}</Label>
      <div className={styles["row"]}>
        <Input className={styles["input"] ?? ""} spellCheck={false} autoCapitalize="off" />
        {children}
      </div>
    </AriaTextField>
  );
}
