import { Check } from "lucide-react";
import type { ReactNode } from "react";
import styles from "./done-mark.module.css";

/** Says beside a button that it has done its work; `null` while it has not. */
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
