import type { ReactNode } from "react";
import styles from "./stick-drawing.module.css";

/** A drawing of a stick on its way into a USB port, or out of it. */
export function StickDrawing({ way }: { way: "in" | "out" }): ReactNode {
  return (
    <svg className={styles["drawing"]} viewBox="0 0 320 120" data-way={way} aria-hidden>
      <g className={styles["stick"]}>
        <rect className={styles["body"]} x="20" y="34" width="138" height="52" rx="14" />
        <path className={styles["play"]} d="M78 48 l22 12 -22 12 z" />
        <rect className={styles["plug"]} x="158" y="42" width="46" height="36" rx="4" />
        <rect className={styles["pin"]} x="176" y="50" width="10" height="7" rx="1.5" />
        <rect className={styles["pin"]} x="176" y="63" width="10" height="7" rx="1.5" />
      </g>
      <rect className={styles["port"]} x="262" y="16" width="48" height="88" rx="14" />
      <rect className={styles["slot"]} x="262" y="40" width="12" height="40" rx="3" />
      <path className={styles["way"]} d={way === "in" ? "M216 60 h34" : "M250 60 h-34"} />
      {way === "out" && <path className={styles["head"]} d="M226 52 l-9 8 9 8" />}
    </svg>
  );
}
