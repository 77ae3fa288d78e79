import type { ReactNode } from "react";
import styles from "./waiting.module.css";

/** Shows what the app waits for, but only after 400 ms: shorter waits show nothing. */
export function Waiting({ children }: { children: ReactNode }): ReactNode {
  return (
    <div role="status" className={styles["waiting"]}>
      <span className={styles["ring"]} aria-hidden />
      <span>{children}</span>
    </div>
  );
}
