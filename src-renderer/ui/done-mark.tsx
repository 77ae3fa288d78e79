import { Check } from "lucide-react";
import type { ReactNode } from "react";
import styles from "./done-mark.module.css";

/** Confirms beside a button that its action is done; `null` shows nothing. */
export function DoneMark({ text }: { text: string | null }): ReactNode {
  return (
    <span role="status" className={styles["done"]}>
      {text !== null && (
        <>
          <Check aria-hidden />
          {text}
        </>
      )}
    </span>
  );
}
