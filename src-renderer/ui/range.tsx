import type { CSSProperties, ReactNode } from "react";
import { classNames } from "./class-names.ts";
import styles from "./range.module.css";

type RangeProps = {
  label: string;
  /** Read by a screen reader instead of the number. */
  valueText: string;
  value: number;
  max: number;
  step: number | "any";
  disabled?: boolean;
  className?: string | undefined;
  onChange: (value: number) => void;
  /** The user has released the slider: the last `onChange` is final. */
  onCommit?: () => void;
  /** Drawn behind the thumb: chapter ticks and the buffered parts. */
  children?: ReactNode;
};

/** The browser's range input, with its keys, touch and accessibility, in the style of the app. */
export function Range(props: RangeProps): ReactNode {
  const { label, valueText, value, max, step, disabled = false, className, onChange, onCommit, children } = props;
  const share = max > 0 ? Math.min(1, Math.max(0, value / max)) : 0;
  return (
    <div className={classNames(styles["range"], className)} style={{ "--share": share } as CSSProperties}>
      <div className={styles["track"]}>
        {children}
        <div className={styles["fill"]} />
      </div>
      <input
        type="range"
        className={styles["input"]}
        aria-label={label}
        aria-valuetext={valueText}
        min={0}
        max={max}
        step={step}
        value={value}
        disabled={disabled}
        onChange={(event) => onChange(event.currentTarget.valueAsNumber)}
        onPointerUp={onCommit}
        onKeyUp={onCommit}
      />
    </div>
  );
}
