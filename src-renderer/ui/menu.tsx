import { Check } from "lucide-react";
import type { ReactNode } from "react";
import { Menu as AriaMenu, MenuItem, MenuTrigger, Popover, type Selection } from "react-aria-components";
import { classNames } from "./class-names.ts";
import styles from "./menu.module.css";

export type MenuEntry = {
  readonly id: string;
  readonly label: string;
  readonly detail?: string;
  readonly icon?: ReactNode;
};

type MenuProps = {
  label: string;
  trigger: ReactNode;
  entries: readonly MenuEntry[];
  /** The id of the checked entry. Absent: the entries are actions, and none is checked. */
  selected?: string | null;
  /** The detail stands below the label, not beside it. */
  stacked?: boolean;
  onOpenChange?: (open: boolean) => void;
  onPick: (id: string) => void;
};

/** A menu of actions, or of alternatives, that the button `trigger` opens. */
export function Menu({ label, trigger, entries, selected, stacked, onOpenChange, onPick }: MenuProps): ReactNode {
  const choice =
    selected === undefined
      ? {}
      : {
          selectionMode: "single" as const,
          selectedKeys: selected === null ? [] : [selected],
          disallowEmptySelection: true,
          onSelectionChange: (keys: Selection) => {
            const [id] = keys === "all" ? [] : keys;
            if (id !== undefined) onPick(String(id));
          },
        };
  return (
    <MenuTrigger {...(onOpenChange === undefined ? {} : { onOpenChange })}>
      {trigger}
      <Popover className={styles["popover"] ?? ""} offset={8}>
        <AriaMenu
          aria-label={label}
          className={classNames(styles["menu"], stacked === true && styles["stacked"])}
          {...choice}
          {...(selected === undefined ? { onAction: (id) => onPick(String(id)) } : {})}
        >
          {entries.map((entry) => (
            <MenuItem key={entry.id} id={entry.id} textValue={entry.label} className={styles["item"] ?? ""}>
              {({ isSelected }) => (
                <>
                  <span className={styles["mark"]}>{isSelected ? <Check aria-hidden /> : entry.icon}</span>
                  <span>{entry.label}</span>
                  {entry.detail !== undefined && <span className={styles["detail"]}>{entry.detail}</span>}
                </>
              )}
            </MenuItem>
          ))}
        </AriaMenu>
      </Popover>
    </MenuTrigger>
  );
}
