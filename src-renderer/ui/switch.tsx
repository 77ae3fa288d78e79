import type { ReactNode } from "react";
import { Switch as AriaSwitch } from "react-aria-components";
import styles from "./switch.module.css";

type SwitchProps = { label: string; isOn: boolean; isDisabled?: boolean; onChange: (isOn: boolean) => void };

/** An on/off switch with its label before it. */
export function Switch({ label, isOn, isDisabled = false, onChange }: SwitchProps): ReactNode {
  return (
    <AriaSwitch className={styles["switch"] ?? ""} isSelected={isOn} isDisabled={isDisabled} onChange={onChange}>
      <span className={styles["label"]}>{label}</span>
      <span className={styles["track"]} aria-hidden />
    </AriaSwitch>
  );
}
