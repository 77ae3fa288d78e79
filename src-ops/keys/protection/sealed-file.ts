import { randomBytes } from "node:crypto";
import * as v from "valibot";
import { NONCE_BYTES } from "../../../src-shared/container/index.ts";
import { fromBase64url, toBase64url } from "../../../src-shared/encoding/base64url.ts";
import { parseStrictJson } from "../../../src-shared/encoding/strict-json.ts";
import { utf8 } from "../../../src-shared/encoding/text.ts";
import { RandomId } from "../../../src-shared/ids.ts";
import { open, seal } from "../../../src-shared/node/aead.ts";
import type { FolderKey } from "./password-lock.ts";

const SealedFile = v.strictObject({
  v: v.literal(1),
  /** The id of the folder key. */
  lock: RandomId,
  /** The name of the key inside. */
  kid: v.string(),
  /** Nonce (12 bytes), ciphertext, tag (16 bytes). */
  sealed: v.string(),
});
export type SealedFile = v.InferOutput<typeof SealedFile>;

/** What a sealed file is for: its file name, and the `kid` of the key, the id of the vault, or `conversions`. */
export type FilePurpose = { readonly name: string; readonly kid: string };

export function sealFile({ id, key }: FolderKey, purpose: FilePurpose, content: Uint8Array): string {
  const nonce = randomBytes(NONCE_BYTES);
  const sealed = toBase64url(Buffer.concat([nonce, seal(key, nonce, content, infoOf(id, purpose))]));
  const file: SealedFile = { v: 1, lock: id, kid: purpose.kid, sealed };
  return `${JSON.stringify(file)}\n`;
}

/** The content; `undefined` if it was changed, or belongs in another place. */
export function openSealedFile({ id, key }: FolderKey, purpose: FilePurpose, file: SealedFile): Uint8Array | undefined {
  const bytes = fromBase64url(file.sealed);
  if (!bytes || file.lock !== id || file.kid !== purpose.kid) return undefined;
  return open(key, bytes.subarray(0, NONCE_BYTES), bytes.subarray(NONCE_BYTES), infoOf(id, purpose));
}

/** Reads a sealed file (attacker-controlled); `undefined`: it is something else, such as a key without a password. */
export function parseSealedFile(bytes: Uint8Array): SealedFile | undefined {
  const json = parseStrictJson(bytes);
  const file = v.safeParse(SealedFile, json.ok ? json.value : undefined);
  return file.success ? file.output : undefined;
}

// None of the three contains a space. With them, two files of a folder cannot be exchanged.
function infoOf(id: string, { name, kid }: FilePurpose): Uint8Array {
  return utf8(`uvv-private-file/1 ${id} ${name} ${kid}`);
}
