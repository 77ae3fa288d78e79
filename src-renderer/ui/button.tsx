import type { ReactNode, Ref } from "react";
import { Button as AriaButton, type ButtonProps as AriaButtonProps } from "react-aria-components";
import styles from "./button.module.css";
import { classNames } from "./class-names.ts";

type ButtonProps = Omit<AriaButtonProps, "className" | "style" | "children"> & {
  look?: "main" | "plain" | "quiet";
  icon?: ReactNode;
  children: ReactNode;
  ref?: Ref<HTMLButtonElement>;
};

/** A button with a text. Each screen has at most one with the look `main`. */
export function Button({ look = "plain", icon, children, ...rest }: ButtonProps): ReactNode {
  return (
    <AriaButton {...rest} className={classNames(styles["button"], styles[look])}>
      {icon}
      <span>{children}</span>
    </AriaButton>
  );
}
