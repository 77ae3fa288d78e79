import type { ReactNode } from "react";
import { Button, type ButtonProps, Tooltip, TooltipTrigger } from "react-aria-components";
import { classNames } from "./class-names.ts";
import styles from "./icon-button.module.css";

type IconButtonProps = Omit<ButtonProps, "className" | "style" | "children" | "aria-label"> & {
  label: string;
  /** The keyboard shortcut of the button, shown in its tooltip. */
  shortcut?: string;
  large?: boolean;
  children: ReactNode;
};

/** A button with an icon. Its label is shown in a tooltip and read by screen readers. */
export function IconButton({ label, shortcut, large = false, children, ...rest }: IconButtonProps): ReactNode {
  return (
    <TooltipTrigger delay={500} closeDelay={0}>
      <Button {...rest} aria-label={label} className={classNames(styles["button"], large && styles["large"])}>
        {children}
      </Button>
      <Tooltip className={styles["tooltip"] ?? ""} offset={8}>
        {label}
        {shortcut !== undefined && <kbd className={styles["key"]}>{shortcut}</kbd>}
      </Tooltip>
    </TooltipTrigger>
  );
}
