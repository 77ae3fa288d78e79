import { join } from "node:path";
import { KEY_MANIFEST_PROFILE, type TrustRole } from "../../src-shared/jws/index.ts";

// The publisher's key folder. `private/` never leaves the publisher; `public/` is given to readers.
export const PRIVATE = "private";
export const PUBLIC = "public";
/** Inside `private/`: the parent key, until the publisher moves it to offline storage. */
export const OFFLINE = "offline";
export const PRIVATE_FILE_MODE = 0o600;
export const PRIVATE_FOLDER_MODE = 0o700;

/** `license-issuer.jwk.json`, and from the second generation on `license-issuer.2.jwk.json`. */
export function keyFileName(role: TrustRole, generation: number): string {
  return generation === 1 ? `${role}.jwk.json` : `${role}.${generation}.jwk.json`;
}

export function privateKeyPath(folder: string, role: TrustRole, generation = 1): string {
  const folders = role === KEY_MANIFEST_PROFILE.role ? [PRIVATE, OFFLINE] : [PRIVATE];
  return join(folder, ...folders, keyFileName(role, generation));
}

export function publicKeyPath(folder: string, role: TrustRole, generation = 1): string {
  return join(folder, PUBLIC, keyFileName(role, generation));
}

export function publisherPath(folder: string): string {
  return join(folder, PRIVATE, "publisher.json");
}

/** What stands for a `kid` in the sealed key of converted films. */
export const CONVERSIONS = "conversions";

/** The key of converted films that an interrupted run leaves. */
export function conversionKeyPath(folder: string): string {
  return join(folder, PRIVATE, "conversions.key");
}

export function vaultKeysFolder(folder: string): string {
  return join(folder, PRIVATE, "vaults");
}

export function vaultKeyPath(folder: string, vaultId: string): string {
  return join(vaultKeysFolder(folder), `${vaultId}.json`);
}

/** What is kept of a stick that was made: its facts, and the manifest and catalog that were last on it. */
export function stickRecordPath(folder: string, stickId: string): string {
  return join(stickRecordsPath(folder), stickId);
}

export function stickRecordsPath(folder: string): string {
  return join(folder, "sticks");
}

/** The manifests that were signed for a stick in content packs, which the stick may have by now. */
export function packRecordPath(folder: string, stickId: string): string {
  return join(stickRecordPath(folder, stickId), "packs");
}
