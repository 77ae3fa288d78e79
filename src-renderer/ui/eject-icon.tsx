import type { ReactNode } from "react";

/** The usual eject symbol, which the icon set lacks. Drawn on the grid of the icon set, with its stroke width. */
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
