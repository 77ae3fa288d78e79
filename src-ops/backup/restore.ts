import { randomBytes } from "node:crypto";
import { mkdir, readdir, rmdir } from "node:fs/promises";
import { basename, dirname, join, resolve } from "node:path";
import { removeFolder, renameFile, syncFolder } from "../../src-shared/node/atomic-files.ts";
import { ok } from "../../src-shared/result.ts";
import type { UnixSeconds } from "../../src-shared/units.ts";
import { type Attempt, fail } from "../failure.ts";
import {
  checkKeyPlace,
  drawGeneration,
  loadPublisher,
  loadSigner,
  loadTrust,
  lockPath,
  publicKeysOf,
  rememberGeneration,
  signNextList,
} from "../keys/index.ts";
import { exists } from "../paths.ts";
import { makePrivateFolder } from "../private-access.ts";
import { appendToRegister, type FolderGeneration, readRegister } from "../register/index.ts";
import { copyFiles } from "./backup-files.ts";
import { type Proof, proveFolder } from "./prove-folder.ts";
import { isUnwritable, openSource, type RestoreSource, type SourceOrder } from "./restore-source.ts";

export type RestoredFolder = FolderGeneration & {
  readonly number: number | null;
  readonly madeAt: UnixSeconds | null;
  readonly firstSeq: number;
  readonly proof: Proof;
  /** Whether the disk, or the folder, that it was restored from now says that it is replaced. */
  readonly noted: boolean;
};

type Begun = FolderGeneration & { readonly firstSeq: number };

/**
 * Restores a backup as a new key folder, and makes it the only one that goes on: it takes the next generation, whose numbers
 * meet none of the folder before, and signs a list that sticks carry. Nothing is there before all of it is complete.
 * BACKUP_BROKEN, KEYS_EXIST, KEYS_ON_STICK, KEYS_IN_CHECKOUT, PASSWORD_WRONG.
 */
export async function restoreBackup(
  order: SourceOrder & { readonly keys: string },
  now: UnixSeconds,
): Promise<Attempt<RestoredFolder>> {
  const opened = await openSource(order);
  if (!opened.ok) return opened;
  const source = opened.value;
  const free = await checkTarget(order.keys, join(source.folder, "public"));
  if (!free.ok) return free;
  const keys = resolve(order.keys);
  await mkdir(dirname(keys), { recursive: true });
  await sweepDrafts(keys);
  const draft = `${keys}.restoring-${randomBytes(6).toString("hex")}`;
  try {
    // Without a password, the access to the folder is all that protects the keys.
    await makePrivateFolder(draft, !(await exists(lockPath(source.folder))));
    await copyFiles(source.folder, draft, source.paths);
    const begun = await beginGeneration(draft, source, now);
    if (!begun.ok) return begun.error.code === "PASSWORD_WRONG" ? otherPassword(order.from) : begun;
    const proof = await proveFolder(draft);
    if (!proof.ok) return proof;
    const { generation, instance, firstSeq } = begun.value;
    const noted = await noteAtSource(draft, source, { generation, instance }, keys, now);
    if (!noted.ok) return noted;
    // Windows renames no folder over another one, not even over an empty one.
    if (await exists(keys)) await rmdir(keys);
    await renameFile(draft, keys);
    await syncFolder(dirname(keys));
    const remembered = await rememberGeneration(source.issuer, { generation, instance, place: keys });
    if (!remembered.ok) return remembered;
    const { number, madeAt } = source;
    return ok({ generation, instance, firstSeq, number, madeAt, proof: proof.value, noted: noted.value });
  } finally {
    await removeFolder(draft);
  }
}

// The folder that was asked about has a name of its own while it is restored.
function otherPassword(from: string) {
  const which = "the password that the keys had when it was made";
  return fail(
    "PASSWORD_WRONG",
    `That is not the password of the backup on ${from}: use ${which}. Nothing was restored.`,
  );
}

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
    await removeFolder(join(dirname(keys), name));
  }
}

/** Enters the next generation in the register, and signs a list with a number of it, which fences the folder before. */
async function beginGeneration(draft: string, source: RestoreSource, now: UnixSeconds): Promise<Attempt<Begun>> {
  const publisher = await loadPublisher(draft);
  if (!publisher.ok) return publisher;
  const trust = await loadTrust(publicKeysOf(publisher.value), undefined);
  if (!trust.ok) return trust;
  const register = await readRegister(draft);
  if (!register.ok) return register;
  const there = await source.knownGeneration(trust.value.roots);
  if (!there.ok) return there;
  const drawn = await drawGeneration(source.issuer, register.value, there.value);
  if (!drawn.ok) return drawn;
  const next = await appendToRegister(draft, register.value, now, drawn.value);
  const signed = await signNextList(publisher.value, next, { licenses: [], keys: [] }, now);
  return signed.ok ? drawn : signed;
}

/** `false`: it cannot be written there. The numbers of two folders that are restored from it still differ, by chance. */
async function noteAtSource(
  draft: string,
  source: RestoreSource,
  generation: FolderGeneration,
  keys: string,
  now: UnixSeconds,
): Promise<Attempt<boolean>> {
  const publisher = await loadPublisher(draft);
  const signer = publisher.ok ? await loadSigner(publisher.value, "license-issuer") : publisher;
  if (!signer.ok) return signer;
  try {
    await source.note(generation, keys, signer.value, now);
    return ok(true);
  } catch (error) {
    if (!isUnwritable(error)) throw error;
    return ok(false);
  }
}
