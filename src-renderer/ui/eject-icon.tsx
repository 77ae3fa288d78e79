import type { ReactNode } from "react";

/** The sign that players have carried since tapes; the icon set has none. Drawn on its grid, with its line. */
export function EjectIcon(): ReactNode {
  return (
    <svg
      viewBox="0 0 24 24"
      fill="none"
      stroke="currentColor"
      strokeWidth="2"
      strokeLinecap="round"
      strokeLinejoin="round"
      aria-hidden
    >
      <path d="M12 5 4.5 14h15z" />
      <path d="M4.5 19h15" />
    </svg>
  );
}
