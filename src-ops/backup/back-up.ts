import { mkdir, mkdtemp, readdir, stat } from "node:fs/promises";
import { dirname, join } from "node:path";
import { removeFolder, syncFolder, writeFileAtomic } from "../../src-shared/node/atomic-files.ts";
import { ok } from "../../src-shared/result.ts";
import type { UnixSeconds } from "../../src-shared/units.ts";
import { type Attempt, fail } from "../failure.ts";
import {
  fenceFolder,
  isReplaced,
  loadPublisher,
  loadSigner,
  loadTrust,
  PRIVATE_FOLDER_MODE,
  type Publisher,
  publicKeysOf,
  rememberGeneration,
  signDocument,
  withLock,
  withLockFile,
} from "../keys/index.ts";
import { findEnclosingStick, isInside } from "../paths.ts";
import { makePrivateFolder } from "../private-access.ts";
import { type FolderGeneration, generationIn, inspectRegister } from "../register/index.ts";
import {
  backupPath,
  MANIFEST_FILE,
  notedGeneration,
  numbersIn,
  publisherFolder,
  removeBackup,
  removeOldBackups,
  sweepIncomplete,
} from "./backup-disk.ts";
import { copyFiles, filesToBackUp } from "./backup-files.ts";
import { BACKUP_PROFILE, type BackupClaims } from "./backup-manifest.ts";
import { type Proof, proveFolder } from "./prove-folder.ts";
import { FILES_FOLDER, readManifest, verifyBackup } from "./verify-backup.ts";

export type BackupOrder = { readonly keys: string; readonly disk: string; readonly prove: boolean };

export type MadeBackup = {
  readonly path: string;
  readonly number: number;
  readonly files: number;
  readonly generation: number;
  /** The backup is on the disk of the keys, for example because the other disk is not mounted. */
  readonly isOnSameDisk: boolean;
  /** `undefined`: it was not asked for. */
  readonly proof: Proof | undefined;
};

const PROVING = ".proving-";

/**
 * Copies the whole key folder onto a disk, as it is at one moment, with a signed manifest. The newest ten backups are kept.
 * KEYS_ON_STICK, REGISTER_BROKEN, FOLDER_FENCED, REGISTER_DIVERGED, READ_BACK_FAILED.
 */
export async function backUp({ keys, disk, prove }: BackupOrder, now: UnixSeconds): Promise<Attempt<MadeBackup>> {
  const stick = await findEnclosingStick(disk);
  if (stick) return fail("KEYS_ON_STICK", `${disk} is on the stick ${stick}: name a disk that stays with you.`);
  if (await isInside(disk, keys)) return fail("USAGE", `${disk} is in the key folder itself: name another disk.`);
  const publisher = await loadPublisher(keys);
  if (!publisher.ok) return publisher;
  const folder = publisherFolder(disk, publisher.value.issuer);
  // A disk that is not there would otherwise be made as a folder.
  await readdir(disk);
  await makePrivateFolder(folder, false);
  for (const above of [dirname(folder), disk]) await syncFolder(above);
  return withLockFile(join(folder, ".backup.lock"), () =>
    // No command changes anything meanwhile, so all files are of the same moment.
    withLock(publisher.value, "register", () =>
      withLock(publisher.value, "sticks", () =>
        withLock(publisher.value, "customers", () => backUpUnderLock(publisher.value, folder, prove, now)),
      ),
    ),
  );
}

async function backUpUnderLock(
  publisher: Publisher,
  folder: string,
  prove: boolean,
  now: UnixSeconds,
): Promise<Attempt<MadeBackup>> {
  const register = await inspectRegister(publisher.folder);
  if (register.fault !== undefined) return fail("REGISTER_BROKEN", `${register.fault}: restore an older backup first.`);
  const own = generationIn(register);
  const newest = await checkDisk(publisher, folder, own, register.hashes);
  if (!newest.ok) return newest;
  const signer = await loadSigner(publisher, "license-issuer");
  if (!signer.ok) return signer;
  const paths = await filesToBackUp(publisher.folder);
  if (!paths.ok) return paths;
  await sweepIncomplete(folder);
  const number = 1 + (newest.value ?? 0);
  const path = backupPath(folder, number);
  await mkdir(path, { mode: PRIVATE_FOLDER_MODE });
  let isComplete = false;
  try {
    const files = await copyFiles(publisher.folder, join(path, FILES_FOLDER), paths.value);
    const { issuer } = publisher;
    const end = { lines: register.hashes.length, hash: register.head };
    const claims: BackupClaims = { v: 1, issuer, ...own, iat: now, number, register: end, files: [...files] };
    const proof = prove ? await proveBackup(publisher, join(path, FILES_FOLDER)) : ok(undefined);
    if (!proof.ok) return proof;
    // With this file, and not before, it is a backup. Some drivers of FAT lose what is in a folder that is renamed.
    await writeFileAtomic(join(path, MANIFEST_FILE), `${signDocument(signer.value, BACKUP_PROFILE, claims)}\n`, 0o600);
    await syncFolder(folder);
    const readBack = await verifyBackup(path, publicKeysOf(publisher));
    if (!readBack.ok)
      return fail("READ_BACK_FAILED", `${path} reads differently than it was written: use another disk.`);
    isComplete = true;
    await removeOldBackups(folder);
    const remembered = await rememberGeneration(issuer, { ...own, place: publisher.folder });
    if (!remembered.ok) return remembered;
    const isOnSameDisk = (await stat(path)).dev === (await stat(publisher.folder)).dev;
    const { generation } = own;
    return ok({ path, number, files: files.length, generation, isOnSameDisk, proof: proof.value });
  } finally {
    if (!isComplete) await removeBackup(path);
  }
}

/**
 * Refuses a folder that is older than what is on the disk. Returns the number of the newest backup there. A folder that was
 * restored after its backup goes on from a backup of the generation before.
 */
async function checkDisk(
  publisher: Publisher,
  folder: string,
  own: FolderGeneration,
  hashes: readonly string[],
): Promise<Attempt<number | undefined>> {
  const trust = await loadTrust(publicKeysOf(publisher), undefined);
  if (!trust.ok) return trust;
  const noted = await notedGeneration(folder, publisher.issuer, trust.value.roots);
  if (!noted.ok) return noted;
  const number = (await numbersIn(folder)).at(-1);
  if (number === undefined && !noted.value) return ok(undefined);
  const path = backupPath(folder, number ?? 0);
  // A backup that is damaged says nothing; the next one takes its place.
  const claims = await verifyBackup(path, undefined);
  const newest = claims.ok && claims.value.issuer === publisher.issuer ? claims.value : undefined;
  // Only what these keys have signed fences a folder for good.
  const isOwn = newest !== undefined && (await readManifest(path, publicKeysOf(publisher))) !== undefined;
  for (const known of [noted.value, isOwn ? newest : undefined]) {
    if (!known || !isReplaced(own, known)) continue;
    const { generation, instance } = known;
    return fenceFolder(publisher.folder, own, { generation, instance, place: `known on ${folder}` });
  }
  const { lines, hash } = newest?.register ?? { lines: 0, hash: "" };
  // A folder that was restored goes on in its own way, with numbers of its own.
  const isSame = newest?.generation === own.generation;
  if (newest && isSame && lines > 0 && hashes[lines - 1] !== hash) {
    return fail(
      "REGISTER_DIVERGED",
      `Backup ${newest.number} on ${folder} has lines of the register that ${publisher.folder} lacks: another copy of ` +
        `these keys was used. Compare them with \`vaultctl license audit --against ${join(path, FILES_FOLDER)}\`, and ` +
        "make a new folder of the one that goes on with `vaultctl restore --from`.",
    );
  }
  return ok(number);
}

/** Restores the backup into a private folder inside the key folder, and uses it there. */
async function proveBackup(publisher: Publisher, files: string): Promise<Attempt<Proof>> {
  // Not in the system's temporary folder: the keys stay on the disk where they are.
  for (const name of await readdir(publisher.folder)) {
    if (name.startsWith(PROVING)) await removeFolder(join(publisher.folder, name));
  }
  const temporary = await mkdtemp(join(publisher.folder, PROVING));
  try {
    const copied = await filesToBackUp(files);
    if (!copied.ok) return copied;
    await copyFiles(files, temporary, copied.value);
    return await proveFolder(temporary);
  } finally {
    await removeFolder(temporary);
  }
}
