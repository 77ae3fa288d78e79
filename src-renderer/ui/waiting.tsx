import type { ReactNode } from "react";
import styles from "./waiting.module.css";

/** Says what is awaited, once it has lasted 400 ms; what is quicker than that shows nothing at all. */
export function Waiting({ children }: { children: ReactNode }): ReactNode {
  return (
    <div role="status" className={styles["waiting"]}>
      <span className={styles["ring"]} aria-hidden />
      <span>{children}</span>
    </div>
  );
}
