import { basename, resolve } from "node:path";
import { LINK_SCHEME } from "../../src-shared/license/index.ts";
import { isLicenseName, isPackName } from "../../src-shared/vault/index.ts";

/** What the system hands over: a link that was followed, or a license or content pack that was opened. Attacker-controlled. */
export type Incoming =
  | { readonly kind: "link"; readonly url: string }
  | { readonly kind: "file"; readonly path: string }
  | { readonly kind: "pack"; readonly path: string };

/** The last argument of a command line that is a link or one of our files; the program and its options are skipped. */
export function incomingOf(argv: readonly string[], workingFolder: string): Incoming | undefined {
  const [, ...args] = argv;
  const found = args.findLast((word) => isLink(word) || isOurFile(word));
  if (found === undefined) return undefined;
  return isLink(found) ? { kind: "link", url: found } : fileOf(resolve(workingFolder, found));
}

/** A license or a content pack, by its name; what is in it is decided when it is read. */
export function fileOf(path: string): Incoming {
  return { kind: isPackName(basename(path)) ? "pack" : "file", path };
}

/**
 * The program that the system starts for a link. A portable app of Windows runs from a temporary folder, which is gone
 * afterwards; the file that people start is in a variable.
 */
export function programForLinks(
  { PORTABLE_EXECUTABLE_FILE: portable }: Readonly<Record<string, string | undefined>>,
  running: string,
  platform: NodeJS.Platform,
): string {
  return platform === "win32" && portable ? portable : running;
}

function isLink(word: string): boolean {
  return word.toLowerCase().startsWith(`${LINK_SCHEME}:`);
}

function isOurFile(word: string): boolean {
  return !word.startsWith("-") && (isLicenseName(basename(word)) || isPackName(basename(word)));
}
