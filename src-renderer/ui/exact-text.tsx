import type { ReactNode } from "react";
import styles from "./exact-text.module.css";

type ExactTextProps = {
  label: string;
  text: string;
  /** Which of several it is. */
  part?: string;
};

/** What leaves this computer, or could, letter by letter: nobody has to take our word for what it says. */
export function ExactText({ label, text, part }: ExactTextProps): ReactNode {
  return (
    // Scrolls by keyboard too.
    <pre lang="en" tabIndex={0} role="group" aria-label={label} data-part={part} className={styles["text"]}>
      {text}
    </pre>
  );
}
