import { createHmac, timingSafeEqual } from "node:crypto";
import { fromBase64url, toBase64url } from "../../src-shared/encoding/base64url.ts";
import { lengthPrefixed } from "../../src-shared/encoding/text.ts";

/** 32 random bytes that never leave the keychain and this process. */
export type SealKey = Uint8Array;

export const SEAL_KEY_BYTES = 32;
/** What a seal adds to a text: a dot and 32 bytes in base64url. */
export const SEAL_CHARS = 44;

/** Each place has seals of its own: a copy taken from a stick is no sealed file. */
export type SealPlace =
  | readonly ["uvv-ledger-file/1"]
  | readonly ["uvv-ledger-keychain/1"]
  | readonly ["uvv-ledger-stick/1", string];

/** The text with its HMAC-SHA-256 behind a dot. */
export function seal(key: SealKey, place: SealPlace, text: string): string {
  return `${text}.${toBase64url(macOf(key, place, text))}`;
}

/** The text of a seal that holds. `undefined`: changed, cut short, of another key or from another place. */
export function unseal(key: SealKey, place: SealPlace, sealed: string): string | undefined {
  const dot = sealed.lastIndexOf(".");
  const mac = dot < 0 ? undefined : fromBase64url(sealed.slice(dot + 1));
  if (mac?.length !== 32) return undefined;
  const text = sealed.slice(0, dot);
  return timingSafeEqual(mac, macOf(key, place, text)) ? text : undefined;
}

function macOf(key: SealKey, place: SealPlace, text: string): Buffer {
  return createHmac("sha256", key)
    .update(lengthPrefixed(...place, text))
    .digest();
}
