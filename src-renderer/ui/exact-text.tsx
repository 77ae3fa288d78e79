import type { ReactNode } from "react";
import styles from "./exact-text.module.css";

type ExactTextProps = {
  label: string;
  text: string;
  /** Tells it from the other texts of the same screen. */
  part?: string;
};

/** The exact text that leaves this computer, or could leave it, for everyone to read. */
export function ExactText({ label, text, part }: ExactTextProps): ReactNode {
  return (
    // Focusable, so that it can be scrolled with the keyboard.
    <pre lang="en" tabIndex={0} role="group" aria-label={label} data-part={part} className={styles["text"]}>
      {text}
    </pre>
  );
}
