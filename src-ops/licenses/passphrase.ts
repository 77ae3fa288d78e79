import { randomInt } from "node:crypto";
import { readSmallFile } from "../../src-shared/node/plain-files.ts";
import { ok } from "../../src-shared/result.ts";
import { KIB } from "../../src-shared/units.ts";
import { type Attempt, fail } from "../failure.ts";

const GROUPS = 6;
const DIGITS = 4;

/** Generates a passphrase of six groups of four digits, `4821-0937-5512-...`: 79 bits, easy to type on any keyboard and to
 * read out over the telephone in any language. It is never chosen by a person (design.md, License).
 */
export function generatePassphrase(): string {
  return Array.from({ length: GROUPS }, () => String(randomInt(10 ** DIGITS)).padStart(DIGITS, "0")).join("-");
}

/** Whether a text has the form of a generated passphrase: passphrases chosen by people are refused. */
export function isPassphrase(text: string): boolean {
  return new RegExp(`^\\d{${DIGITS}}(?:-\\d{${DIGITS}}){${GROUPS - 1}}$`).test(text);
}

/** Reads a passphrase from the file that was written with its license. */
export async function readPassphrase(path: string): Promise<Attempt<string>> {
  const text = (await readSmallFile(path, KIB))?.toString("utf8").trim();
  if (text !== undefined && isPassphrase(text)) return ok(text);
  return fail("PASSPHRASE_INVALID", `${path} does not hold a passphrase that vaultctl generated.`);
}
