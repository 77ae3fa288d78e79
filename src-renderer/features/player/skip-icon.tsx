import type { ReactNode } from "react";
import styles from "./player.module.css";

/** A circular arrow of the icon set, with the number of skipped seconds in its centre. */
export function SkipIcon({ seconds, way }: { seconds: number; way: "back" | "forward" }): ReactNode {
  return (
    <svg
      className={styles["skip"]}
      viewBox="0 0 24 24"
      fill="none"
      stroke="currentColor"
      strokeWidth="2"
      strokeLinecap="round"
      strokeLinejoin="round"
      aria-hidden
    >
      <g transform={way === "forward" ? "matrix(-1 0 0 1 24 0)" : undefined}>
        <path d="M3 12a9 9 0 1 0 9-9 9.75 9.75 0 0 0-6.74 2.74L3 8" />
        <path d="M3 3v5h5" />
      </g>
      <text x="12" y="15" textAnchor="middle" fill="currentColor" stroke="none">
        {seconds}
      </text>
    </svg>
  );
}
