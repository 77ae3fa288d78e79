import { Check } from "lucide-react";
import { type ReactNode, useId } from "react";
import { ListBox, ListBoxItem } from "react-aria-components";
import styles from "./menu.module.css";

type ChoiceListProps = {
  label: string;
  options: readonly { readonly id: string; readonly label: string }[];
  selected: string;
  onPick: (id: string) => void;
};

/** Alternatives one below the other, under their heading; the arrow keys move, Enter and Space choose. */
export function ChoiceList({ label, options, selected, onPick }: ChoiceListProps): ReactNode {
  const heading = useId();
  return (
    <div className={styles["choices"]}>
      <h3 id={heading} className={styles["heading"]}>
        {label}
      </h3>
      <ListBox
        aria-labelledby={heading}
        className={styles["menu"] ?? ""}
        selectionMode="single"
        disallowEmptySelection
        selectedKeys={[selected]}
        onSelectionChange={(keys) => {
          const [id] = keys === "all" ? [] : keys;
          if (id !== undefined) onPick(String(id));
        }}
      >
        {options.map((option) => (
          <ListBoxItem key={option.id} id={option.id} textValue={option.label} className={styles["item"] ?? ""}>
            {({ isSelected }) => (
              <>
                <span className={styles["mark"]}>{isSelected && <Check aria-hidden />}</span>
                <span>{option.label}</span>
              </>
            )}
          </ListBoxItem>
        ))}
      </ListBox>
    </div>
  );
}
