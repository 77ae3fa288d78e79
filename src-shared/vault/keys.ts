import { lengthPrefixed } from "../encoding/text.ts";

// Every label with which a key of the vault is derived or bound (docs/formats/stick.md, Keys).
export type FileRole = "video" | "poster" | "subtitle" | "storyboard";

/** HKDF-SHA256 `info` of the subkey that seals the catalog. */
export const CATALOG_KEY_INFO = lengthPrefixed("uvv-catalog-key/1");
/** HKDF-SHA256 `info` of the subkey that wraps file keys. */
export const WRAP_KEY_INFO = lengthPrefixed("uvv-wrap-key/1");

/** What a license signs of its vault key is an HMAC of this under the key. */
export function commitmentText(vaultId: string): Uint8Array<ArrayBuffer> {
  return lengthPrefixed("uvv-kek-commitment/1", vaultId);
}

/** Binds a container, and the AES-256-GCM wrapping of its key, to its purpose: no file can replace another one. */
export function fileContext(vaultId: string, fileId: string, role: FileRole): Uint8Array<ArrayBuffer> {
  return lengthPrefixed("uvv-file/1", vaultId, fileId, role);
}

export function catalogContext(vaultId: string): Uint8Array<ArrayBuffer> {
  return lengthPrefixed("uvv-catalog/1", vaultId);
}

/** What a license's sealed vault key is bound to: HPKE `info`, and the AAD of the passphrase wrapping. */
export function kekInfo(of: {
  issuer: string;
  licenseId: string;
  seq: number;
  vaultId: string;
  stickId: string;
  /** Empty in the passphrase wrapping. */
  device: string;
}): Uint8Array<ArrayBuffer> {
  return lengthPrefixed("uvv-kek/1", of.issuer, of.licenseId, String(of.seq), of.vaultId, of.stickId, of.device);
}
