// HPKE base mode with DHKEM(X25519, HKDF-SHA256) and HKDF-SHA256, written from RFC 9180 with node:crypto only: a
// reference for testing the library that the product uses.
import {
  createCipheriv,
  createDecipheriv,
  createHmac,
  createPrivateKey,
  createPublicKey,
  diffieHellman,
} from "node:crypto";

const KEM_ID = Buffer.from([0, 32]);
const KDF_ID = Buffer.from([0, 1]);
export const AES_128_GCM = { id: Buffer.from([0, 1]), name: "aes-128-gcm", keyBytes: 16 } as const;
export const AES_256_GCM = { id: Buffer.from([0, 2]), name: "aes-256-gcm", keyBytes: 32 } as const;

export type Recipient = { readonly privateKey: Uint8Array; readonly publicKey: Uint8Array };

type Aead = typeof AES_128_GCM | typeof AES_256_GCM;
type Message = {
  readonly enc: Uint8Array;
  readonly ct: Uint8Array;
  readonly info: Uint8Array;
  readonly aad?: Uint8Array;
};

/** Section 6.1, `OpenBase`, with an empty AAD by default. */
export function openBase(aead: Aead, recipient: Recipient, { enc, ct, info, aad = Buffer.alloc(0) }: Message): Buffer {
  const dh = diffieHellman({ privateKey: privateKeyOf(recipient), publicKey: publicKeyOf(enc) });
  const { key, nonce } = keySchedule(aead, dh, enc, recipient.publicKey, info);
  const decipher = createDecipheriv(aead.name, key, nonce, { authTagLength: 16 });
  decipher.setAAD(aad);
  decipher.setAuthTag(ct.subarray(ct.length - 16));
  return Buffer.concat([decipher.update(ct.subarray(0, ct.length - 16)), decipher.final()]);
}

/** Section 6.1, `SealBase`, with a fixed ephemeral key: only for frozen vectors, in which nothing may be random. */
export function sealBase(
  aead: Aead,
  ephemeral: Recipient,
  publicKey: Uint8Array,
  plaintext: Uint8Array,
  info: Uint8Array,
): Buffer {
  const dh = diffieHellman({ privateKey: privateKeyOf(ephemeral), publicKey: publicKeyOf(publicKey) });
  const { key, nonce } = keySchedule(aead, dh, ephemeral.publicKey, publicKey, info);
  const cipher = createCipheriv(aead.name, key, nonce, { authTagLength: 16 });
  return Buffer.concat([cipher.update(plaintext), cipher.final(), cipher.getAuthTag()]);
}

// Sections 4.1 (`ExtractAndExpand`) and 5.1 (`KeySchedule`, mode 0).
function keySchedule(aead: Aead, dh: Buffer, enc: Uint8Array, publicKey: Uint8Array, info: Uint8Array) {
  const none = Buffer.alloc(0);
  const kemSuite = Buffer.concat([Buffer.from("KEM"), KEM_ID]);
  const eaePrk = labeledExtract(kemSuite, none, "eae_prk", dh);
  const shared = labeledExpand(kemSuite, eaePrk, "shared_secret", Buffer.concat([enc, publicKey]), 32);
  const suite = Buffer.concat([Buffer.from("HPKE"), KEM_ID, KDF_ID, aead.id]);
  const context = Buffer.concat([
    Buffer.from([0]),
    labeledExtract(suite, none, "psk_id_hash", none),
    labeledExtract(suite, none, "info_hash", info),
  ]);
  const secret = labeledExtract(suite, shared, "secret", none);
  return {
    key: labeledExpand(suite, secret, "key", context, aead.keyBytes),
    nonce: labeledExpand(suite, secret, "base_nonce", context, 12),
  };
}

function labeledExtract(suite: Buffer, salt: Uint8Array, label: string, ikm: Uint8Array): Buffer {
  return createHmac("sha256", salt).update("HPKE-v1").update(suite).update(label).update(ikm).digest();
}

// One block of HKDF-Expand: no output here is longer than 32 bytes.
function labeledExpand(suite: Buffer, prk: Uint8Array, label: string, info: Uint8Array, length: number): Buffer {
  const size = Buffer.from([0, length]);
  const hmac = createHmac("sha256", prk).update(size).update("HPKE-v1").update(suite).update(label).update(info);
  return hmac.update(Uint8Array.of(1)).digest().subarray(0, length);
}

const base64url = (bytes: Uint8Array) => Buffer.from(bytes).toString("base64url");

function privateKeyOf({ privateKey, publicKey }: Recipient) {
  const key = { kty: "OKP", crv: "X25519", x: base64url(publicKey), d: base64url(privateKey) };
  return createPrivateKey({ key, format: "jwk" });
}

function publicKeyOf(publicKey: Uint8Array) {
  return createPublicKey({ key: { kty: "OKP", crv: "X25519", x: base64url(publicKey) }, format: "jwk" });
}
