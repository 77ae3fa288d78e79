import { randomInt } from "node:crypto";

const GROUPS = 6;
const DIGITS = 4;

/**
 * Makes a passphrase of six groups of four digits, `4821-0937-5512-...`: 79 bits, typed on any keyboard and said over
 * the telephone in any language. No person chooses it (design.md, License).
 */
export function generatePassphrase(): string {
  return Array.from({ length: GROUPS }, () => String(randomInt(10 ** DIGITS)).padStart(DIGITS, "0")).join("-");
}

/** Whether a text is one that was made so: people's own words are never taken. */
export function isPassphrase(text: string): boolean {
  return new RegExp(`^\\d{${DIGITS}}(?:-\\d{${DIGITS}}){${GROUPS - 1}}$`).test(text);
}
