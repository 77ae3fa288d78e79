import { fromBase64url, toBase64url } from "../../src-shared/encoding/base64url.ts";
import { fromUtf8, utf8 } from "../../src-shared/encoding/text.ts";
import {
  compactRecord,
  type FileFinding,
  formatRecord,
  type KeychainFinding,
  type LedgerRecord,
  parseRecord,
} from "../../src-shared/ledger/index.ts";
import type { Bytes } from "../../src-shared/units.ts";
import { seal, SEAL_CHARS, SEAL_KEY_BYTES, type SealKey, type SealContext, unseal } from "./seal.ts";

/** Windows stores no larger value (CRED_MAX_CREDENTIAL_BLOB_SIZE). */
const KEYCHAIN_BYTES: Bytes = 2560;

/** Of 32 bytes in base64url: the key, and a digest. */
const KEY_CHARS = 43;
/** A longer path is not stored: the ledger then stays in the data folder. */
const MAX_FOLDER_CHARS = 512;

/** For a record in the keychain there is at least this space. */
export const MIN_RECORD_BYTES: Bytes = KEYCHAIN_BYTES - 2 * (KEY_CHARS + 1) - (MAX_FOLDER_CHARS + 1) - SEAL_CHARS;

const IN_FILE: SealContext = ["uvv-ledger-file/1"];
const IN_KEYCHAIN: SealContext = ["uvv-ledger-keychain/1"];

/** What the keychain says. `folder`: where the sealed file is. */
export type Entry = { readonly finding: KeychainFinding; readonly key?: SealKey; readonly folder?: string };

//  keychain: key . record (what fits) . digest of the whole record . folder . seal
//  file:     record . digests of the records before, newest first . seal
// A record may contain dots; the parts after it cannot.

export function composeEntry(
  key: SealKey,
  record: LedgerRecord,
  { digest, folder }: { readonly digest: string; readonly folder: string },
): string {
  const path = toBase64url(utf8(folder));
  const tail = `.${digest}.${path.length > MAX_FOLDER_CHARS ? "" : path}`;
  const fitting = compactRecord(record, KEYCHAIN_BYTES - KEY_CHARS - 1 - tail.length - SEAL_CHARS);
  return `${toBase64url(key)}.${seal(key, IN_KEYCHAIN, formatRecord(fitting) + tail)}`;
}

export function parseEntry(secret: string): Entry {
  const key = fromBase64url(secret.slice(0, KEY_CHARS));
  if (key?.length !== SEAL_KEY_BYTES) return { finding: { kind: "bad" } };
  const [withDigest, path] = splitLast(unseal(key, IN_KEYCHAIN, secret.slice(KEY_CHARS + 1)));
  const [text, digest] = splitLast(withDigest);
  const record = text === undefined ? undefined : parseRecord(text);
  const bytes = path === undefined ? undefined : fromBase64url(path);
  const folder = bytes && fromUtf8(bytes);
  if (!record || digest?.length !== KEY_CHARS || folder === undefined) return { finding: { kind: "bad" }, key };
  return { finding: { kind: "good", record, digest }, key, ...(folder === "" ? {} : { folder }) };
}

export function composeFile(key: SealKey, record: LedgerRecord, ancestors: readonly string[]): string {
  return seal(key, IN_FILE, `${formatRecord(record)}.${ancestors.join(",")}`);
}

export function parseFile(key: SealKey | undefined, sealed: string | undefined): FileFinding {
  const [text, ancestors] = splitLast(key && sealed !== undefined ? unseal(key, IN_FILE, sealed) : undefined);
  const record = text === undefined ? undefined : parseRecord(text);
  return record && ancestors !== undefined
    ? { kind: "good", record, ancestors: ancestors.split(",") }
    : { kind: "bad" };
}

function splitLast(text: string | undefined): [head: string | undefined, tail: string | undefined] {
  const dot = text?.lastIndexOf(".") ?? -1;
  return text === undefined || dot < 0 ? [undefined, undefined] : [text.slice(0, dot), text.slice(dot + 1)];
}
