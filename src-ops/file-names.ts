import { createHash } from "node:crypto";
import { basename } from "node:path";
import { ok } from "../src-shared/result.ts";
import type { Bytes } from "../src-shared/units.ts";
import { type Attempt, fail } from "./failure.ts";

// Files that a publisher on Linux writes are read by viewers on Windows, so one set of rules applies everywhere
// ("Naming Files, Paths, and Namespaces", Microsoft).

/** Devices, whatever follows the first dot. Windows also takes superscript digits for digits. */
const DEVICE = /^(?:con|prn|aux|nul|conin\$|conout\$|(?:com|lpt)[0-9¹²³]) *(?:\.|$)/i;
// oxlint-disable-next-line no-control-regex -- exactly those that Windows forbids
const FORBIDDEN = /[<>:"/\\|?*\u0000-\u001F\u007F]/g;
/** File systems allow 255; temporary files and mails add to a name. */
const MAX_NAME: Bytes = 200;

/**
 * The name of a file that is called after something, such as a customer number. It is valid on each file system; the same
 * text always gives the same name. Different texts may give one name: see `comparableFileName`.
 *
 * @param ending what follows, such as `.uvvlic`
 */
export function fileNameOf(text: string, ending: string): string {
  const allowed = text.normalize("NFC").replaceAll(FORBIDDEN, "_");
  const stem = ending === "" ? allowed.replace(/[. ]+$/, "") : allowed;
  // After the device's name, and not at the end: `CON_.txt`, `CON_.acme.txt`.
  const named = DEVICE.test(stem) ? stem.replace(/^[^. ]+/, "$&_") : stem;
  const whole = (named || "_") + ending;
  return Buffer.byteLength(whole) <= MAX_NAME ? whole : shortened(named, ending);
}

// The hash keeps apart what only differs after the cut.
function shortened(name: string, ending: string): string {
  const tail = `~${createHash("sha256").update(name).digest("hex").slice(0, 8)}${ending}`;
  let head = "";
  for (const character of name) {
    if (Buffer.byteLength(head + character + tail) > MAX_NAME) break;
    head += character;
  }
  return head + tail;
}

/** Two paths for which this is the same are one file on Windows, macOS or a stick. */
export function comparableFileName(path: string): string {
  return path.normalize("NFC").toLowerCase();
}

/** Refuses the name of a file that somebody chose, if Windows cannot have such a file. USAGE. */
export function checkFileName(path: string): Attempt<undefined> {
  const name = basename(path);
  if (fileNameOf(name, "") === name.normalize("NFC") || Buffer.byteLength(name) > MAX_NAME) return ok(undefined);
  return fail("USAGE", `Windows cannot have a file named ${JSON.stringify(name)}: choose another name than ${path}.`);
}
