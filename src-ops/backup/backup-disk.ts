import { randomBytes } from "node:crypto";
import { readdir } from "node:fs/promises";
import { join } from "node:path";
import { ID_LENGTH, idFromRandom } from "../../src-shared/ids.ts";
import type { TrustRoots } from "../../src-shared/jws/index.ts";
import { removeFile, removeFolder, syncFolder, writeFileAtomic } from "../../src-shared/node/atomic-files.ts";
import { readSmallFile } from "../../src-shared/node/plain-files.ts";
import { ok } from "../../src-shared/result.ts";
import type { UnixSeconds } from "../../src-shared/units.ts";
import { type Attempt, fail } from "../failure.ts";
import { type Signer, signDocument } from "../keys/index.ts";
import { exists, isFolder } from "../paths.ts";
import type { FolderGeneration } from "../register/index.ts";
import { GENERATION_PROFILE, type GenerationClaims, parseGenerationNote } from "./backup-manifest.ts";

const ROOT = "usb-video-vault-backups";
const KEPT = 10;
const NUMBERED = /^\d{4,9}$/;
const NOTE = /^generation-\d+-[a-z2-7]{26}\.jws$/;
/** In a backup; signed. */
export const MANIFEST_FILE = "backup.jws";

/** The folder with the backups of one publisher on a disk. */
export function publisherFolder(disk: string, issuer: string): string {
  return join(disk, ROOT, issuer);
}

/** The folder with the backups of the one publisher on a disk, or the folder itself. BACKUP_MISSING, USAGE. */
export async function findBackups(from: string): Promise<Attempt<string>> {
  if ((await numbersIn(from)).length > 0) return ok(from);
  const root = join(from, ROOT);
  const found = (await isFolder(root)) ? await readdir(root) : [];
  const folders: string[] = [];
  for (const name of found) if ((await numbersIn(join(root, name))).length > 0) folders.push(join(root, name));
  const [only] = folders;
  if (only === undefined) return fail("BACKUP_MISSING", `There is no backup on ${from}: name the disk with --from.`);
  if (folders.length === 1) return ok(only);
  return fail("USAGE", `${from} has backups of several publishers: name one of them: ${folders.join(", ")}.`);
}

/** The numbers of the complete backups, the newest last: their manifest is written last and removed first. */
export async function numbersIn(folder: string): Promise<readonly number[]> {
  const numbers: number[] = [];
  for (const name of await numberedIn(folder)) {
    if (await exists(join(folder, name, MANIFEST_FILE))) numbers.push(Number(name));
  }
  return numbers.toSorted((a, b) => a - b);
}

async function numberedIn(folder: string): Promise<readonly string[]> {
  return (await isFolder(folder)) ? (await readdir(folder)).filter((name) => NUMBERED.test(name)) : [];
}

export function backupPath(folder: string, number: number): string {
  return join(folder, String(number).padStart(4, "0"));
}

/** Removes all but the newest backups. Only after the newest one is complete. */
export async function removeOldBackups(folder: string): Promise<void> {
  for (const number of (await numbersIn(folder)).slice(0, -KEPT)) await removeBackup(backupPath(folder, number));
}

/** Removes what interrupted runs have left. */
export async function sweepIncomplete(folder: string): Promise<void> {
  for (const name of await numberedIn(folder)) {
    if (!(await exists(join(folder, name, MANIFEST_FILE)))) await removeBackup(join(folder, name));
  }
}

/** What is half removed must not pass for a backup. */
export async function removeBackup(path: string): Promise<void> {
  await removeFile(join(path, MANIFEST_FILE));
  if (await exists(path)) await syncFolder(path);
  await removeFolder(path);
}

/** Leaves the generation of a restored folder on the disk. */
export async function noteGeneration(
  folder: string,
  issuer: string,
  { generation, instance }: FolderGeneration,
  signer: Signer,
  now: UnixSeconds,
): Promise<void> {
  const id = idFromRandom(randomBytes(ID_LENGTH));
  const claims: GenerationClaims = { v: 1, issuer, generation, instance, iat: now, id };
  const path = join(folder, `generation-${generation}-${id}.jws`);
  await writeFileAtomic(path, `${signDocument(signer, GENERATION_PROFILE, claims)}\n`);
}

/** The newest generation that was restored from this disk. BACKUP_BROKEN: a note is damaged, or not of this publisher. */
export async function notedGeneration(
  folder: string,
  issuer: string,
  roots: TrustRoots,
): Promise<Attempt<FolderGeneration | undefined>> {
  // The key that signed a note may have been retired since.
  const signers = roots.map((root) => ({ ...root, retired: false }));
  let newest: GenerationClaims | undefined;
  for (const name of (await exists(folder)) ? await readdir(folder) : []) {
    if (!NOTE.test(name)) continue;
    const bytes = await readSmallFile(join(folder, name), GENERATION_PROFILE.maxBytes);
    const note = bytes && parseGenerationNote(bytes, signers);
    if (!note || note.issuer !== issuer) {
      return fail("BACKUP_BROKEN", `${join(folder, name)} is damaged, or not signed by these keys: use another disk.`);
    }
    const isNewer =
      !newest ||
      note.generation > newest.generation ||
      (note.generation === newest.generation && note.iat > newest.iat);
    if (isNewer) newest = note;
  }
  return ok(newest);
}
