import { join } from "node:path";
import type { TrustRoots } from "../../src-shared/jws/index.ts";
import { codeOf } from "../../src-shared/node/atomic-files.ts";
import { ok } from "../../src-shared/result.ts";
import type { UnixSeconds } from "../../src-shared/units.ts";
import { type Attempt, fail } from "../failure.ts";
import { fenceFolder, loadPublisher, readFence, type Signer } from "../keys/index.ts";
import { exists } from "../paths.ts";
import { type FolderGeneration, generationIn, inspectRegister } from "../register/index.ts";
import { backupPath, findBackups, notedGeneration, noteGeneration, numbersIn } from "./backup-disk.ts";
import { filesToBackUp } from "./backup-files.ts";
import { FILES_FOLDER, verifyBackup } from "./verify-backup.ts";

/** What a folder is restored from: a backup on a disk, or a copy of a key folder that was made in another way. */
export type RestoreSource = {
  readonly issuer: string;
  /** Where the files are. */
  readonly folder: string;
  readonly paths: readonly string[];
  /** Of the backup; `null` for a copy. */
  readonly number: number | null;
  readonly madeAt: UnixSeconds | null;
  /** The newest generation that is known there. */
  knownGeneration(roots: TrustRoots): Promise<Attempt<number>>;
  /** Leaves there that a later generation exists. Throws if it cannot be written. */
  note(generation: FolderGeneration, place: string, signer: Signer, now: UnixSeconds): Promise<void>;
};

export type SourceOrder = {
  readonly from: string;
  /** The newest backup if absent. */
  readonly number?: number | undefined;
  /** A folder with public keys. */
  readonly trust?: string | undefined;
};

/** BACKUP_MISSING, BACKUP_BROKEN, USAGE. */
export async function openSource(order: SourceOrder): Promise<Attempt<RestoreSource>> {
  const isKeyFolder = await exists(join(order.from, "private", "publisher.json"));
  return isKeyFolder ? openCopy(order) : openBackup(order);
}

async function openBackup({ from, number: named, trust }: SourceOrder): Promise<Attempt<RestoreSource>> {
  const disk = await findBackups(from);
  if (!disk.ok) return disk;
  const number = named ?? (await numbersIn(disk.value)).at(-1) ?? 0;
  const backup = backupPath(disk.value, number);
  if (!(await exists(backup))) return fail("BACKUP_MISSING", `There is no backup ${number} in ${disk.value}.`);
  const claims = await verifyBackup(backup, trust);
  if (!claims.ok) return claims;
  const { issuer, iat: madeAt, files } = claims.value;
  return ok({
    issuer,
    folder: join(backup, FILES_FOLDER),
    paths: files.map(({ path }) => path),
    number,
    madeAt,
    async knownGeneration(roots) {
      const noted = await notedGeneration(disk.value, issuer, roots);
      return noted.ok ? ok(noted.value?.generation ?? 1) : noted;
    },
    note: (generation, _place, signer, now) => noteGeneration(disk.value, issuer, generation, signer, now),
  });
}

async function openCopy({ from, number, trust }: SourceOrder): Promise<Attempt<RestoreSource>> {
  if (number !== undefined || trust !== undefined) {
    return fail("USAGE", `${from} is a key folder and not a backup: leave out --number and --trust.`);
  }
  const publisher = await loadPublisher(from);
  if (!publisher.ok) return publisher;
  const paths = await filesToBackUp(from);
  if (!paths.ok) return paths;
  return ok({
    issuer: publisher.value.issuer,
    folder: from,
    paths: paths.value,
    number: null,
    madeAt: null,
    async knownGeneration() {
      const replacedBy = await readFence(from);
      return replacedBy.ok ? ok(replacedBy.value?.generation ?? 1) : replacedBy;
    },
    async note(generation, place) {
      const own = generationIn(await inspectRegister(from));
      await fenceFolder(from, own, { ...generation, place });
    },
  });
}

/** Whether a note could not be written because of the disk, which is no reason to restore nothing. */
export function isUnwritable(error: unknown): boolean {
  return ["EROFS", "EACCES", "EPERM", "ENOSPC"].includes(codeOf(error));
}
