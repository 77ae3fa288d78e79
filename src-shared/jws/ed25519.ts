import nacl from "tweetnacl";

// Both constants of RFC 8032 section 5.1, little-endian as in keys and signatures.
const FIELD_PRIME = littleEndian("7fffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffed");
const GROUP_ORDER = littleEndian("1000000000000000000000000000000014def9dea2f79cd65812631a5cf5d3ed");

// The y coordinates of the eight points whose order divides 8, sign bit cleared. If a key or R is one of them, a
// signature is valid for messages that nobody signed.
const SMALL_ORDER_Y = [
  "0000000000000000000000000000000000000000000000000000000000000000",
  "0000000000000000000000000000000000000000000000000000000000000001",
  "7fffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffec",
  "05fc536d880238b13933c6d305acdfd5f098eff289f4c345b027b2c28f95e826",
  "7a03ac9277fdc74ec6cc392cfa53202a0f67100d760b3cba4fd84d3d706a17c7",
].map(littleEndian);

export const ED25519_KEY_BYTES = 32;
export const ED25519_SIGNATURE_BYTES = 64;

/** Verifies an Ed25519 signature; the result must be that of `verifyEd25519` for all inputs. */
export type VerifySignature = (publicKey: Uint8Array, message: Uint8Array, signature: Uint8Array) => boolean;

/**
 * Verifies an Ed25519 signature (RFC 8032) as strictly as libsodium does. tweetnacl alone accepts S >= L and keys of
 * small order, and throws on wrong lengths; the checks before it prevent that.
 * @param publicKey 32 bytes, from a trust root and never from the message
 * @param signature 64 bytes, attacker-controlled
 */
export function verifyEd25519(publicKey: Uint8Array, message: Uint8Array, signature: Uint8Array): boolean {
  return isStrictSignature(publicKey, signature) && nacl.sign.detached.verify(message, signature, publicKey);
}

/** The checks before the verification: lengths, S < L, and no non-canonical or small-order point. */
export function isStrictSignature(publicKey: Uint8Array, signature: Uint8Array): boolean {
  if (signature.length !== ED25519_SIGNATURE_BYTES) return false;
  if (!isUsablePublicKey(publicKey)) return false;
  const r = signature.subarray(0, 32);
  const s = signature.subarray(32);
  return isLess(s, GROUP_ORDER) && isCanonicalLargeOrderPoint(r);
}

/** Whether these 32 bytes may serve as an Ed25519 public key: canonical and not of small order. */
export function isUsablePublicKey(publicKey: Uint8Array): boolean {
  return publicKey.length === ED25519_KEY_BYTES && isCanonicalLargeOrderPoint(publicKey);
}

function isCanonicalLargeOrderPoint(encoded: Uint8Array): boolean {
  const y = Uint8Array.from(encoded);
  y[31] = (y[31] as number) & 0x7f;
  return isLess(y, FIELD_PRIME) && !SMALL_ORDER_Y.some((small) => isSame(small, y));
}

function isLess(a: Uint8Array, b: Uint8Array): boolean {
  for (let i = 31; i >= 0; i--) {
    const difference = (a[i] as number) - (b[i] as number);
    if (difference !== 0) return difference < 0;
  }
  return false;
}

function isSame(a: Uint8Array, b: Uint8Array): boolean {
  return !isLess(a, b) && !isLess(b, a);
}

function littleEndian(bigEndianHex: string): Uint8Array {
  return Uint8Array.from(bigEndianHex.match(/../g) ?? [], (pair) => Number.parseInt(pair, 16)).toReversed();
}
