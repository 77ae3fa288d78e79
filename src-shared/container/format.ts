import { concatBytes } from "../encoding/bytes.ts";
import { utf8 } from "../encoding/text.ts";
import type { Bytes } from "../units.ts";

// C2SP chunked encryption, suite Cobblestone-256 (docs/formats/container.md). All numbers of the format are defined
// here.
export const CHUNK_BYTES = 16_384;
export const TAG_BYTES = 16;
export const SEALED_CHUNK_BYTES = CHUNK_BYTES + TAG_BYTES;
export const SALT_BYTES = 24;
export const COMMITMENT_BYTES = 32;
export const HEADER_BYTES = SALT_BYTES + COMMITMENT_BYTES;
export const KEY_BYTES = 32;
export const NONCE_BYTES = 12;
/** key(32) || base nonce(12) || commitment(32), as HKDF-Expand outputs them. */
export const DERIVED_BYTES = KEY_BYTES + NONCE_BYTES + COMMITMENT_BYTES;

export type ContainerError =
  /** Shorter than a header, or the last chunk is full-sized: the end is missing. */
  | "TRUNCATED"
  /** The commitment does not match: another key, another context or another file's header. */
  | "WRONG_KEY"
  /** A chunk does not authenticate. */
  | "DAMAGED";

/** The `info` of HKDF-Expand-SHA512 whose pseudo-random key is the 32-byte input key. */
export function keyDerivationInfo(salt: Uint8Array, context: Uint8Array): Uint8Array<ArrayBuffer> {
  return concatBytes(utf8("c2sp.org/chunked-encryption@v1+AEAD_AES_256_GCM\0"), salt, context);
}

/** The nonce of chunk `index`: the base nonce XOR the big-endian chunk number. */
export function chunkNonce(baseNonce: Uint8Array, index: number): Uint8Array<ArrayBuffer> {
  const nonce = Uint8Array.from(baseNonce);
  let rest = index;
  for (let at = NONCE_BYTES - 1; rest > 0; at--) {
    nonce[at] = (nonce[at] as number) ^ (rest & 255);
    rest = Math.floor(rest / 256);
  }
  return nonce;
}

/** The container length for a plaintext length. */
export function sealedSize(plaintext: Bytes): Bytes {
  return HEADER_BYTES + plaintext + (Math.floor(plaintext / CHUNK_BYTES) + 1) * TAG_BYTES;
}

/** The plaintext length of a container, or `undefined` if no plaintext has that container length. */
export function plaintextSize(sealed: Bytes): Bytes | undefined {
  const body = sealed - HEADER_BYTES;
  const last = body % SEALED_CHUNK_BYTES;
  if (body < TAG_BYTES || last < TAG_BYTES) return undefined;
  return Math.floor(body / SEALED_CHUNK_BYTES) * CHUNK_BYTES + last - TAG_BYTES;
}

/** The offset of chunk `index` in the container. */
export function chunkOffset(index: number): Bytes {
  return HEADER_BYTES + index * SEALED_CHUNK_BYTES;
}
