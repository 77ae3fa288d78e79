import { Check } from "lucide-react";
import type { ReactNode } from "react";
import styles from "./done-mark.module.css";

/** Says beside a button that it has done its work; `null` while it has not. */
export function DoneMark({ words }: { words: string | null }): ReactNode {
  return (
    <span role="status" className={styles["done"]}>
      {words !== null && (
        <>
          <Check aria-hidden />
          {words}
        </>
      )}
    </span>
  );
}
