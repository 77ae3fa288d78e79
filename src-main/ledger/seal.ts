import { createHmac, timingSafeEqual } from "node:crypto";
import { fromBase64url, toBase64url } from "../../src-shared/encoding/base64url.ts";
import { lengthPrefixed } from "../../src-shared/encoding/text.ts";

/** 32 random bytes that never leave the keychain and this process. */
export type SealKey = Uint8Array;

export const SEAL_KEY_BYTES = 32;
/** The length that a seal adds to a text: a dot and 32 bytes in base64url. */
export const SEAL_CHARS = 44;

/** What a seal is for: a copy from a stick does not verify as the sealed file. */
export type SealContext =
  | readonly ["uvv-ledger-file/1"]
  | readonly ["uvv-ledger-keychain/1"]
  | readonly ["uvv-ledger-stick/1", string];

/** The text, followed by a dot and its HMAC-SHA-256. */
export function seal(key: SealKey, context: SealContext, text: string): string {
  return `${text}.${toBase64url(macOf(key, context, text))}`;
}

/** The text of a valid seal. `undefined`: changed, truncated, or made with another key or for another context. */
export function unseal(key: SealKey, context: SealContext, sealed: string): string | undefined {
  const dot = sealed.lastIndexOf(".");
  const mac = dot < 0 ? undefined : fromBase64url(sealed.slice(dot + 1));
  if (mac?.length !== 32) return undefined;
  const text = sealed.slice(0, dot);
  return timingSafeEqual(mac, macOf(key, context, text)) ? text : undefined;
}

function macOf(key: SealKey, context: SealContext, text: string): Buffer {
  return createHmac("sha256", key)
    .update(lengthPrefixed(...context, text))
    .digest();
}
