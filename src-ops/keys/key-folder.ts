import { join } from "node:path";
import type { TrustRole } from "../../src-shared/jws/index.ts";

// The publisher's key folder. `private/` never leaves the publisher; `public/` is what readers are given.
export const PRIVATE = "private";
export const PUBLIC = "public";
export const PRIVATE_FILE_MODE = 0o600;
export const PRIVATE_FOLDER_MODE = 0o700;

export function privateKeyPath(folder: string, role: TrustRole): string {
  return join(folder, PRIVATE, `${role}.jwk.json`);
}

export function publicKeyPath(folder: string, role: TrustRole): string {
  return join(folder, PUBLIC, `${role}.jwk.json`);
}

export function publisherPath(folder: string): string {
  return join(folder, PRIVATE, "publisher.json");
}

export function vaultKeyPath(folder: string, vaultId: string): string {
  return join(folder, PRIVATE, "vaults", `${vaultId}.json`);
}
