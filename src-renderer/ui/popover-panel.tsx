import type { ReactNode } from "react";
import { Dialog, DialogTrigger, Popover } from "react-aria-components";
import styles from "./menu.module.css";

type PopoverPanelProps = {
  label: string;
  trigger: ReactNode;
  isOpen?: boolean;
  onOpenChange?: (open: boolean) => void;
  children: ReactNode;
};

/** Controls beside the button `trigger` that opens them. Escape and a press outside close them. */
export function PopoverPanel({ label, trigger, isOpen, onOpenChange, children }: PopoverPanelProps): ReactNode {
  return (
    <DialogTrigger
      {...(isOpen === undefined ? {} : { isOpen })}
      {...(onOpenChange === undefined ? {} : { onOpenChange })}
    >
      {trigger}
      <Popover className={styles["popover"] ?? ""} offset={8}>
        <Dialog aria-label={label} className={styles["panel"] ?? ""}>
          {children}
        </Dialog>
      </Popover>
    </DialogTrigger>
  );
}
