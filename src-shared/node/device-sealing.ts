import { createHash } from "node:crypto";
import * as hpke from "hpke";
import { fromBase64url, toBase64url } from "../encoding/base64url.ts";

// HPKE (RFC 9180), base mode: DHKEM(X25519, HKDF-SHA256), HKDF-SHA256, AES-256-GCM.
const suite = new hpke.CipherSuite(hpke.KEM_DHKEM_X25519_HKDF_SHA256, hpke.KDF_HKDF_SHA256, hpke.AEAD_AES_256_GCM);

export type DeviceSealed = { readonly enc: string; readonly ct: string };

/** The name of a device: the RFC 7638 thumbprint (SHA-256, base64url) of its X25519 public key as a JWK (RFC 8037). */
export function deviceIdOf(publicKey: Uint8Array): string {
  const jwk = `{"crv":"X25519","kty":"OKP","x":"${toBase64url(publicKey)}"}`;
  return toBase64url(createHash("sha256").update(jwk).digest());
}

/** Seals a vault key to a device's X25519 public key (32 bytes), bound to `info`. */
export async function sealToDevice(publicKey: Uint8Array, key: Uint8Array, info: Uint8Array): Promise<DeviceSealed> {
  const recipient = await suite.DeserializePublicKey(publicKey);
  const { encapsulatedSecret, ciphertext } = await suite.Seal(recipient, key, { info });
  return { enc: toBase64url(encapsulatedSecret), ct: toBase64url(ciphertext) };
}

/** Whether vault keys can be sealed to a key: 32 bytes that are not of small order (RFC 7748 section 6.1). */
export async function isUsableDeviceKey(publicKey: Uint8Array): Promise<boolean> {
  try {
    await sealToDevice(publicKey, new Uint8Array(0), new Uint8Array(0));
    return true;
  } catch (error) {
    if (error instanceof hpke.EncapError || error instanceof hpke.DeserializeError) return false;
    throw error;
  }
}

/**
 * Opens it with the device's X25519 private key (32 bytes); `undefined` if it was sealed for another device or with
 * other `info`.
 */
export async function openOnDevice(
  privateKey: Uint8Array,
  sealed: DeviceSealed,
  info: Uint8Array,
): Promise<Uint8Array | undefined> {
  const enc = fromBase64url(sealed.enc);
  const ct = fromBase64url(sealed.ct);
  if (!enc || !ct) return undefined;
  try {
    return await suite.Open(await suite.DeserializePrivateKey(privateKey), enc, ct, { info });
  } catch (error) {
    if (error instanceof hpke.OpenError || error instanceof hpke.DecapError || error instanceof hpke.DeserializeError) {
      return undefined;
    }
    throw error;
  }
}

/** A new X25519 pair, raw 32-byte halves. */
export async function generateX25519(): Promise<{ privateKey: Uint8Array; publicKey: Uint8Array }> {
  const pair = await suite.GenerateKeyPair(true);
  const [privateKey, publicKey] = await Promise.all([
    suite.SerializePrivateKey(pair.privateKey),
    suite.SerializePublicKey(pair.publicKey),
  ]);
  return { privateKey, publicKey };
}
