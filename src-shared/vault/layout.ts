import { GIB } from "../units.ts";

// The names on a stick (docs/formats/stick.md). Nothing else is ever read.
export const VAULT_FOLDER = "VAULT";
export const VAULT_FILE = "vault.json";
export const DATA_FOLDER = "data";
export const LICENSES_FOLDER = "licenses";
export const LICENSE_SUFFIX = ".uvvlic";

/** Whether a file is a license: a mail program may have added `.txt`, and macOS puts `._` files beside others on FAT. */
export function isLicenseName(fileName: string): boolean {
  return !fileName.startsWith("._") && /\.uvvlic(?:\.txt)?$/i.test(fileName);
}

export const PACK_SUFFIX = ".uvvpack";

/** Whether a file is a content pack by its name; macOS puts `._` files beside others on FAT. */
export function isPackName(fileName: string): boolean {
  return !fileName.startsWith("._") && fileName.toLowerCase().endsWith(PACK_SUFFIX);
}

/** What each computer remembers of this stick, sealed with a key of its own (docs/adr/0005-ledger-witnesses.md). */
export const LEDGER_FOLDER = "ledger";
export const LEDGER_SUFFIX = ".uvvled";
export const REVOCATIONS_FILE = "revocations.uvvrev";
export const KEYS_FILE = "keys.uvvkeys";
export const FORMAT_FILE = "FORMAT.md";
/** What an interrupted packing needs to continue, sealed with the vault's key. */
export const PENDING_FILE = "pending.uvv";

/** FAT32 cannot store a file of 4 GiB; parts of 1 GiB also resume and copy well. */
export const PART_BYTES = GIB;

export function manifestName(gen: number): string {
  return `manifest.${gen}.jws`;
}

export function catalogName(gen: number): string {
  return `manifest.${gen}.uvv`;
}

/** The generation in a manifest's file name, or `undefined` for any other name. */
export function generationOf(fileName: string): number | undefined {
  const digits = /^manifest\.([1-9]\d{0,9})\.jws$/.exec(fileName)?.[1];
  return digits === undefined ? undefined : Number(digits);
}

/** `000`, `001`, ...: concatenated in this order, the parts are the container. */
export function partName(index: number): string {
  return String(index).padStart(3, "0");
}
