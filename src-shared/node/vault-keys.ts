import { createHmac, hkdfSync, randomBytes, scrypt, timingSafeEqual } from "node:crypto";
import { KEY_BYTES, NONCE_BYTES, TAG_BYTES } from "../container/index.ts";
import { fromBase64url, toBase64url } from "../encoding/base64url.ts";
import { utf8 } from "../encoding/text.ts";
import { CATALOG_KEY_INFO, commitmentText, WRAP_KEY_INFO } from "../vault/index.ts";
import { open, seal } from "./aead.ts";

/** The two keys that are derived from a vault key (KEK); the KEK itself encrypts nothing. */
export type VaultSubkeys = { readonly catalog: Uint8Array; readonly wrap: Uint8Array };

export function deriveSubkeys(kek: Uint8Array): VaultSubkeys {
  return { catalog: subkey(kek, CATALOG_KEY_INFO), wrap: subkey(kek, WRAP_KEY_INFO) };
}

export function copySubkeys({ catalog, wrap }: VaultSubkeys): VaultSubkeys {
  return { catalog: Uint8Array.from(catalog), wrap: Uint8Array.from(wrap) };
}

export function eraseSubkeys({ catalog, wrap }: VaultSubkeys): void {
  catalog.fill(0);
  wrap.fill(0);
}

function subkey(kek: Uint8Array, info: Uint8Array): Uint8Array {
  if (kek.length !== KEY_BYTES) throw new RangeError("a vault key is 32 bytes");
  return new Uint8Array(hkdfSync("sha256", kek, new Uint8Array(0), info, KEY_BYTES));
}

/**
 * A value that only this vault key has, for a signed document: base64url of 32 bytes. AES-GCM alone does not name its
 * key: one ciphertext can be authentic under two keys, and open to two vault keys.
 */
export function keyCommitment(kek: Uint8Array, vaultId: string): string {
  return toBase64url(createHmac("sha256", kek).update(commitmentText(vaultId)).digest());
}

/** Whether a key that was opened is the one that was signed. */
export function isCommittedKey(kek: Uint8Array, vaultId: string, commitment: string): boolean {
  const [expected, signed] = [fromBase64url(keyCommitment(kek, vaultId)), fromBase64url(commitment)];
  return expected !== undefined && expected.length === signed?.length && timingSafeEqual(expected, signed);
}

/** Wraps a 32-byte key under another: base64url of nonce(12) || ciphertext(32) || tag(16). */
export function wrapKey(wrappingKey: Uint8Array, key: Uint8Array, aad: Uint8Array): string {
  const nonce = randomBytes(NONCE_BYTES);
  return toBase64url(Buffer.concat([nonce, seal(wrappingKey, nonce, key, aad)]));
}

/** The unwrapped key, or `undefined` if it does not authenticate for this purpose. */
export function unwrapKey(wrappingKey: Uint8Array, wrapped: string, aad: Uint8Array): Uint8Array | undefined {
  const bytes = fromBase64url(wrapped);
  if (!bytes || bytes.length !== NONCE_BYTES + KEY_BYTES + TAG_BYTES) return undefined;
  return open(wrappingKey, bytes.subarray(0, NONCE_BYTES), bytes.subarray(NONCE_BYTES), aad);
}

/** scrypt with the cost that a license names; 32 MiB at N = 2^15. */
export type ScryptCost = { readonly n: number; readonly r: number; readonly p: number };

export const SCRYPT_COST = { n: 2 ** 15, r: 8, p: 1 } as const;

/** The key of a passphrase: 32 bytes. The separation of its groups and the case of its letters do not matter. */
export function passphraseKey(passphrase: string, salt: Uint8Array, cost: ScryptCost): Promise<Uint8Array> {
  return scryptKey(utf8(canonicalPassphrase(passphrase)), salt, cost);
}

/** The key of a secret text (RFC 7914): 32 bytes. */
export function scryptKey(secret: Uint8Array, salt: Uint8Array, cost: ScryptCost): Promise<Uint8Array> {
  // OpenSSL needs a little more than the 128 * n * r bytes of the algorithm.
  const options = { N: cost.n, r: cost.r, p: cost.p, maxmem: 256 * cost.n * cost.r };
  return new Promise((resolve, reject) => {
    scrypt(secret, salt, KEY_BYTES, options, (error, key) => (error ? reject(error) : resolve(key)));
  });
}

// NFKC, so that different keyboards give the same result; without white space and dashes, since people type groups
// differently.
function canonicalPassphrase(passphrase: string): string {
  return passphrase
    .normalize("NFKC")
    .toLowerCase()
    .replaceAll(/[\s\p{Pd}]/gu, "");
}
