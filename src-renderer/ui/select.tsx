import { ChevronDown } from "lucide-react";
import type { ReactNode } from "react";
import { Button, Label, ListBox, ListBoxItem, Popover, Select as AriaSelect, SelectValue } from "react-aria-components";
import menuStyles from "./menu.module.css";
import styles from "./select.module.css";

type SelectProps<Id extends string> = {
  label: string;
  value: Id;
  options: readonly { readonly id: Id; readonly label: string }[];
  onChange: (id: Id) => void;
};

/** A drop-down list with its label before it. */
export function Select<Id extends string>({ label, value, options, onChange }: SelectProps<Id>): ReactNode {
  return (
    <AriaSelect
      className={styles["select"] ?? ""}
      value={value}
      onChange={(key) => {
        const chosen = options.find((option) => option.id === key);
        if (chosen !== undefined) onChange(chosen.id);
      }}
    >
      <Label className={styles["label"] ?? ""}>{label}</Label>
      <Button className={styles["button"] ?? ""}>
        <SelectValue />
        <ChevronDown aria-hidden />
      </Button>
      <Popover className={menuStyles["popover"] ?? ""} offset={6}>
        <ListBox className={menuStyles["menu"] ?? ""}>
          {options.map((option) => (
            <ListBoxItem key={option.id} id={option.id} className={`${menuStyles["item"]} ${styles["option"]}`}>
              {option.label}
            </ListBoxItem>
          ))}
        </ListBox>
      </Popover>
    </AriaSelect>
  );
}
