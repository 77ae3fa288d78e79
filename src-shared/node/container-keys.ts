import { createHmac, createSecretKey, type KeyObject } from "node:crypto";
import {
  COMMITMENT_BYTES,
  DERIVED_BYTES,
  KEY_BYTES,
  keyDerivationInfo,
  NONCE_BYTES,
  SALT_BYTES,
} from "../container/index.ts";
import { equalBytes } from "../encoding/bytes.ts";

export type ContainerKeys = {
  readonly key: Buffer;
  /** The same key, ready for use: Node converts raw bytes again for each chunk, which halves the speed. */
  readonly cipherKey: KeyObject;
  readonly baseNonce: Buffer;
  readonly commitment: Buffer;
};

/** Derives the keys of one container from its 32-byte input key, its salt and its context. */
export function deriveContainerKeys(inputKey: Uint8Array, salt: Uint8Array, context: Uint8Array): ContainerKeys {
  if (inputKey.length !== KEY_BYTES) throw new RangeError("a container key is 32 bytes");
  const derived = expandSha512(inputKey, keyDerivationInfo(salt, context), DERIVED_BYTES);
  const key = derived.subarray(0, KEY_BYTES);
  return {
    key,
    cipherKey: createSecretKey(key),
    baseNonce: derived.subarray(KEY_BYTES, KEY_BYTES + NONCE_BYTES),
    commitment: derived.subarray(KEY_BYTES + NONCE_BYTES),
  };
}

/** Checks the key commitment before any chunk is opened. `undefined`: another key, context or header. */
export function openHeader(header: Uint8Array, inputKey: Uint8Array, context: Uint8Array): ContainerKeys | undefined {
  const keys = deriveContainerKeys(inputKey, header.subarray(0, SALT_BYTES), context);
  const commitment = header.subarray(SALT_BYTES, SALT_BYTES + COMMITMENT_BYTES);
  return equalBytes(keys.commitment, commitment) ? keys : undefined;
}

// HKDF-Expand (RFC 5869 section 2.3) alone: node:crypto offers it only together with Extract.
function expandSha512(prk: Uint8Array, info: Uint8Array, length: number): Buffer {
  let block = Buffer.alloc(0);
  let output = Buffer.alloc(0);
  for (let counter = 1; output.length < length; counter++) {
    block = createHmac("sha512", prk).update(block).update(info).update(Uint8Array.of(counter)).digest();
    output = Buffer.concat([output, block]);
  }
  return output.subarray(0, length);
}
