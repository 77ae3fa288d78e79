import type { ReactNode } from "react";
import { Label, Radio, RadioGroup as AriaRadioGroup } from "react-aria-components";
import styles from "./radio-group.module.css";

type RadioGroupProps<Id extends string> = {
  label: string;
  value: Id;
  options: readonly { readonly id: Id; readonly label: string; readonly lang?: string }[];
  onChange: (id: Id) => void;
};

/** Two to four alternatives that are all visible at once. */
export function RadioGroup<Id extends string>({ label, value, options, onChange }: RadioGroupProps<Id>): ReactNode {
  return (
    <AriaRadioGroup
      className={styles["group"] ?? ""}
      orientation="horizontal"
      value={value}
      onChange={(picked) => {
        const chosen = options.find((option) => option.id === picked);
        if (chosen !== undefined) onChange(chosen.id);
      }}
    >
      <Label className={styles["label"] ?? ""}>{label}</Label>
      <div className={styles["options"]}>
        {options.map((option) => (
          <Radio key={option.id} value={option.id} className={styles["option"] ?? ""}>
            <span className={styles["dot"]} aria-hidden />
            <span lang={option.lang}>{option.label}</span>
          </Radio>
        ))}
      </div>
    </AriaRadioGroup>
  );
}
