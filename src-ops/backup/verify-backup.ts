import { join } from "node:path";
import { readSmallFile } from "../../src-shared/node/plain-files.ts";
import { ok } from "../../src-shared/result.ts";
import { type Attempt, fail } from "../failure.ts";
import { loadTrust } from "../keys/index.ts";
import { MANIFEST_FILE } from "./backup-disk.ts";
import { findDifferences } from "./backup-files.ts";
import { BACKUP_PROFILE, type BackupClaims, parseBackupManifest } from "./backup-manifest.ts";

export const FILES_FOLDER = "files";

/**
 * Checks that a backup is complete, and as it was signed. `trust` is a folder of public keys; without it, those in the backup
 * itself are used, which shows damage, but not whose backup it is. BACKUP_BROKEN, with every fault.
 */
export async function verifyBackup(backup: string, trust: string | undefined): Promise<Attempt<BackupClaims>> {
  const files = join(backup, FILES_FOLDER);
  const claims = await readManifest(backup, trust ?? join(files, "public"));
  if (!claims) {
    return fail(
      "BACKUP_BROKEN",
      `${backup} is damaged, or not signed by these keys: restore another one with --number.`,
    );
  }
  const faults = await findDifferences(files, claims);
  if (faults.length === 0) return ok(claims);
  const more = faults.length > 1 ? `, and ${faults.length - 1} more faults` : "";
  return fail("BACKUP_BROKEN", `${backup}: ${faults[0]}${more}: restore another one with --number.`, { faults });
}

/** The manifest of a backup, whose files are not looked at; `undefined`: damaged, or not signed by the keys in `trust`. */
export async function readManifest(backup: string, trust: string): Promise<BackupClaims | undefined> {
  const loaded = await loadTrust(trust, undefined);
  const bytes = await readSmallFile(join(backup, MANIFEST_FILE), BACKUP_PROFILE.maxBytes);
  return loaded.ok && bytes ? parseBackupManifest(bytes, loaded.value.roots) : undefined;
}
