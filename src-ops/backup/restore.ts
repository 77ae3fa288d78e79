import { randomBytes } from "node:crypto";
import { mkdir, readdir, rename, rm } from "node:fs/promises";
import { basename, dirname, join, resolve } from "node:path";
import { ID_LENGTH, idFromRandom } from "../../src-shared/ids.ts";
import { codeOf, syncFolder } from "../../src-shared/node/atomic-files.ts";
import { ok } from "../../src-shared/result.ts";
import type { UnixSeconds } from "../../src-shared/units.ts";
import { type Attempt, fail } from "../failure.ts";
import {
  checkKeyPlace,
  knownGeneration,
  loadPublisher,
  loadSigner,
  loadTrust,
  PRIVATE_FOLDER_MODE,
  publicKeysOf,
  rememberGeneration,
  signNextList,
} from "../keys/index.ts";
import { exists } from "../paths.ts";
import { appendToRegister, type FolderGeneration, nextGeneration, readRegister } from "../register/index.ts";
import { backupPath, findBackups, notedGeneration, noteGeneration, numbersIn } from "./backup-disk.ts";
import { copyFiles } from "./backup-files.ts";
import type { BackupClaims } from "./backup-manifest.ts";
import { type Proof, proveFolder } from "./prove-folder.ts";
import { FILES_FOLDER, verifyBackup } from "./verify-backup.ts";

export type RestoreOrder = {
  readonly from: string;
  readonly keys: string;
  /** The newest one if absent. */
  readonly number?: number | undefined;
  readonly trust?: string | undefined;
};

export type RestoredFolder = FolderGeneration & {
  readonly number: number;
  readonly madeAt: UnixSeconds;
  readonly firstSeq: number;
  readonly proof: Proof;
  /** Whether the disk now says that the folders before are replaced. */
  readonly noted: boolean;
};

/**
 * Restores a backup as a new key folder, and makes it the only one that goes on: it takes the next generation, whose numbers
 * meet none of the folder before, and signs a list that sticks carry. Nothing is there before all of it is complete.
 * BACKUP_BROKEN, KEYS_EXIST, KEYS_ON_STICK, KEYS_IN_CHECKOUT, PASSWORD_WRONG.
 */
export async function restoreBackup(order: RestoreOrder, now: UnixSeconds): Promise<Attempt<RestoredFolder>> {
  const folder = await findBackups(order.from);
  if (!folder.ok) return folder;
  const number = order.number ?? (await numbersIn(folder.value)).at(-1) ?? 0;
  const backup = backupPath(folder.value, number);
  if (!(await exists(backup))) return fail("BACKUP_MISSING", `There is no backup ${number} in ${folder.value}.`);
  const claims = await verifyBackup(backup, order.trust);
  if (!claims.ok) return claims;
  const free = await checkTarget(order.keys, join(backup, FILES_FOLDER, "public"));
  if (!free.ok) return free;
  const keys = resolve(order.keys);
  await mkdir(dirname(keys), { recursive: true });
  await sweepDrafts(keys);
  const draft = `${keys}.restoring-${randomBytes(6).toString("hex")}`;
  await mkdir(draft, { mode: PRIVATE_FOLDER_MODE });
  try {
    const paths = claims.value.files.map(({ path }) => path);
    await copyFiles(join(backup, FILES_FOLDER), draft, paths);
    const begun = await beginGeneration(draft, folder.value, claims.value, now);
    if (!begun.ok) return begun;
    const proof = await proveFolder(draft);
    if (!proof.ok) return proof;
    const noted = await noteOnDisk(draft, folder.value, claims.value, begun.value, now);
    if (!noted.ok) return noted;
    // An empty folder is replaced.
    await rename(draft, keys);
    await syncFolder(dirname(keys));
    await rememberGeneration(claims.value.issuer, { ...pick(begun.value), place: keys });
    return ok({ ...begun.value, number, madeAt: claims.value.iat, proof: proof.value, noted: noted.value });
  } finally {
    await rm(draft, { recursive: true, force: true });
  }
}

const pick = ({ generation, instance }: FolderGeneration) => ({ generation, instance });

async function checkTarget(keys: string, publicKeys: string): Promise<Attempt<undefined>> {
  if ((await exists(keys)) && (await readdir(keys)).length > 0) {
    return fail("KEYS_EXIST", `${keys} is not empty: restore into a new folder, and name it with --keys.`);
  }
  const trust = await loadTrust(publicKeys, undefined);
  return trust.ok ? checkKeyPlace(keys, trust.value.dev) : trust;
}

// Keys that an interrupted run has left.
async function sweepDrafts(keys: string): Promise<void> {
  const prefix = `${basename(keys)}.restoring-`;
  for (const name of (await readdir(dirname(keys))).filter((entry) => entry.startsWith(prefix))) {
    await rm(join(dirname(keys), name), { recursive: true, force: true });
  }
}

/** Enters the next generation in the register, and signs a list with a number of it, which fences the folder before. */
async function beginGeneration(
  draft: string,
  disk: string,
  claims: BackupClaims,
  now: UnixSeconds,
): Promise<Attempt<FolderGeneration & { readonly firstSeq: number }>> {
  const publisher = await loadPublisher(draft);
  if (!publisher.ok) return publisher;
  const trust = await loadTrust(publicKeysOf(publisher.value), undefined);
  if (!trust.ok) return trust;
  const register = await readRegister(draft);
  if (!register.ok) return register;
  const noted = await notedGeneration(disk, claims.issuer, trust.value.roots);
  if (!noted.ok) return noted;
  const known = await knownGeneration(claims.issuer);
  const least = Math.max(noted.value?.generation ?? 1, known?.generation ?? 1);
  const drawn = { instance: idFromRandom(randomBytes(ID_LENGTH)), block: randomBytes(4).readUInt32BE() };
  const entry = nextGeneration(register.value, least, drawn);
  const next = await appendToRegister(draft, register.value, now, entry);
  const signed = await signNextList(publisher.value, next, { licenses: [], keys: [] }, now);
  return signed.ok ? ok(entry) : signed;
}

/** `false`: the disk cannot be written. The numbers of two folders that are restored from it still differ, by chance. */
async function noteOnDisk(
  draft: string,
  disk: string,
  { issuer }: BackupClaims,
  generation: FolderGeneration,
  now: UnixSeconds,
): Promise<Attempt<boolean>> {
  const publisher = await loadPublisher(draft);
  const signer = publisher.ok ? await loadSigner(publisher.value, "license-issuer") : publisher;
  if (!signer.ok) return signer;
  try {
    await noteGeneration(disk, issuer, generation, signer.value, now);
    return ok(true);
  } catch (error) {
    if (!["EROFS", "EACCES", "EPERM", "ENOSPC"].includes(codeOf(error))) throw error;
    return ok(false);
  }
}
