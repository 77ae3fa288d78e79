import { createPrivateKey, createPublicKey, type KeyObject } from "node:crypto";

/** A private Ed25519 key, as in RFC 8032. */
export const SEED_BYTES = 32;
const PUBLIC_KEY_BYTES = 32;

// PKCS #8 (RFC 8410 section 7) up to the seed. Node derives and signs a hundred times faster than tweetnacl.
const PKCS8_PREFIX = Buffer.from("302e020100300506032b657004220420", "hex");

export function privateKeyOf(seed: Uint8Array): KeyObject {
  const der = Buffer.concat([PKCS8_PREFIX, seed]);
  try {
    return createPrivateKey({ key: der, format: "der", type: "pkcs8" });
  } finally {
    der.fill(0);
  }
}

export function publicKeyOf(seed: Uint8Array): Uint8Array {
  const der = createPublicKey(privateKeyOf(seed)).export({ format: "der", type: "spki" });
  return new Uint8Array(der.subarray(-PUBLIC_KEY_BYTES));
}
