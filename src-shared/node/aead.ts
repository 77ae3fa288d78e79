import { createCipheriv, createDecipheriv, type KeyObject } from "node:crypto";
import { TAG_BYTES } from "../container/index.ts";

const ALGORITHM = "aes-256-gcm";

/** 32 bytes. If one key is used many times, a `KeyObject` is twice as fast. */
export type AeadKey = Uint8Array | KeyObject;

/** AES-256-GCM: ciphertext followed by its 16-byte tag. */
export function seal(key: AeadKey, nonce: Uint8Array, plaintext: Uint8Array, aad?: Uint8Array): Buffer {
  const cipher = createCipheriv(ALGORITHM, key, nonce, { authTagLength: TAG_BYTES });
  if (aad) cipher.setAAD(aad);
  const body = cipher.update(plaintext);
  cipher.final();
  return Buffer.concat([body, cipher.getAuthTag()]);
}

/** Like `seal`, but writes to the beginning of `target`; returns the number of bytes written. */
export function sealInto(target: Uint8Array, key: AeadKey, nonce: Uint8Array, plaintext: Uint8Array): number {
  const cipher = createCipheriv(ALGORITHM, key, nonce, { authTagLength: TAG_BYTES });
  target.set(cipher.update(plaintext));
  cipher.final();
  target.set(cipher.getAuthTag(), plaintext.length);
  return plaintext.length + TAG_BYTES;
}

/**
 * Opens the output of `seal`; `undefined` if it does not authenticate. Plaintext is returned only after the tag was
 * verified.
 */
export function open(key: AeadKey, nonce: Uint8Array, sealed: Uint8Array, aad?: Uint8Array): Buffer | undefined {
  if (sealed.length < TAG_BYTES) return undefined;
  const decipher = createDecipheriv(ALGORITHM, key, nonce, { authTagLength: TAG_BYTES });
  if (aad) decipher.setAAD(aad);
  decipher.setAuthTag(sealed.subarray(sealed.length - TAG_BYTES));
  const plaintext = decipher.update(sealed.subarray(0, sealed.length - TAG_BYTES));
  try {
    decipher.final();
  } catch {
    // The only error that `final` of GCM throws is a tag that does not match.
    return undefined;
  }
  return plaintext;
}
