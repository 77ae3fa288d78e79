import { basename, resolve } from "node:path";
import { LINK_SCHEME } from "../../src-shared/license/index.ts";
import { isLicenseName } from "../../src-shared/vault/index.ts";

/** What the system hands over: a link that was followed, or a license file that was opened. Attacker-controlled. */
export type Incoming =
  | { readonly kind: "link"; readonly url: string }
  | { readonly kind: "file"; readonly path: string };

/** The last argument of a command line that is a link or a license file; the program and its options are skipped. */
export function incomingOf(argv: readonly string[], workingFolder: string): Incoming | undefined {
  const [, ...args] = argv;
  const found = args.findLast((word) => isLink(word) || isLicenseFile(word));
  if (found === undefined) return undefined;
  return isLink(found) ? { kind: "link", url: found } : { kind: "file", path: resolve(workingFolder, found) };
}

function isLink(word: string): boolean {
  return word.toLowerCase().startsWith(`${LINK_SCHEME}:`);
}

function isLicenseFile(word: string): boolean {
  return !word.startsWith("-") && isLicenseName(basename(word));
}
