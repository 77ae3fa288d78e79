import { readdir, readFile } from "node:fs/promises";
import { basename, join } from "node:path";
import * as v from "valibot";
import { parseStrictJson } from "../../src-shared/encoding/strict-json.ts";
import { removeFile, syncFolder, writeFileAtomic } from "../../src-shared/node/atomic-files.ts";
import { readSmallFile } from "../../src-shared/node/plain-files.ts";
import { ok } from "../../src-shared/result.ts";
import { KIB } from "../../src-shared/units.ts";
import { type Attempt, fail } from "../failure.ts";
import { exists } from "../paths.ts";
import { CONVERSIONS, conversionKeyPath, OFFLINE, PRIVATE, PRIVATE_FILE_MODE, vaultKeysFolder } from "./key-folder.ts";
import { withLock } from "./lock.ts";
import {
  type FolderKey,
  LOCK_FILE,
  lockPath,
  type PasswordLock,
  parseSealedFile,
  readLock,
  unlockFolder,
  writeNewLock,
  writePrivateFile,
} from "./protection/index.ts";
import { loadPublisher } from "./publisher.ts";

export type ProtectionOrder = {
  readonly keys: string;
  /** The folders of copies of the parent key. */
  readonly parents: readonly string[];
};

type PlainFile = { readonly path: string; readonly kid: string; readonly content: Uint8Array };

const KEY_FILE = /^[a-z-]+(?:\.\d+)?\.jwk\.json$/;
const PARENT_FILE = /^key-manifest(?:\.\d+)?\.jwk\.json$/;
const VAULT_FILE = /^([a-z2-7]{26})\.json$/;
const TEMPORARY = /^\..+\.tmp$/;
const Kid = v.object({ kid: v.string() });

/**
 * Seals the private files of a key folder under a password, and copies of the parent key under the same one. An interrupted
 * run is finished by the next. KEYS_BROKEN, NOT_FOUND, FILE_EXISTS, PASSWORD_WRONG.
 */
export async function protectKeys(
  { keys, parents }: ProtectionOrder,
  choosePassword: () => Promise<Attempt<string>>,
): Promise<Attempt<{ readonly sealed: readonly string[] }>> {
  const publisher = await loadPublisher(keys);
  if (!publisher.ok) return publisher;
  return withLock(publisher.value, "register", async () => {
    const own = await plainFilesIn(keys);
    if (!own.ok) return own;
    const copies = await plainParents(parents, keys);
    if (!copies.ok) return copies;
    const folderKey = await folderKeyFor(keys, choosePassword);
    if (!folderKey.ok) return folderKey;
    await copyLock(keys, parents);
    const sealed = [...own.value, ...copies.value];
    for (const { path, kid, content } of sealed) await writePrivateFile(path, kid, content, folderKey.value);
    for (const folder of privateFolders(keys)) await removeTemporary(folder);
    return ok({ sealed: sealed.map(({ path }) => path) });
  });
}

async function folderKeyFor(
  keys: string,
  choosePassword: () => Promise<Attempt<string>>,
): Promise<Attempt<FolderKey | undefined>> {
  const known = await unlockFolder(keys);
  if (!known.ok || known.value) return known;
  const password = await choosePassword();
  return password.ok ? ok(await writeNewLock(lockPath(keys), password.value)) : password;
}

function privateFolders(keys: string): readonly string[] {
  return [join(keys, PRIVATE), join(keys, PRIVATE, OFFLINE), vaultKeysFolder(keys)];
}

/** The private files that are not sealed yet. */
async function plainFilesIn(keys: string): Promise<Attempt<readonly PlainFile[]>> {
  const vaults = vaultKeysFolder(keys);
  const files: PlainFile[] = [];
  for (const folder of privateFolders(keys)) {
    for (const name of await namesIn(folder)) {
      const path = join(folder, name);
      const isKey = folder === vaults ? VAULT_FILE.test(name) : KEY_FILE.test(name);
      if (!isKey && path !== conversionKeyPath(keys)) continue;
      const file = await plainFile(path, kidByName(path, keys));
      if (!file.ok) return file;
      if (file.value) files.push(file.value);
    }
  }
  return ok(files);
}

function kidByName(path: string, keys: string): string | undefined {
  if (path === conversionKeyPath(keys)) return CONVERSIONS;
  return VAULT_FILE.exec(basename(path))?.[1];
}

async function plainParents(parents: readonly string[], keys: string): Promise<Attempt<readonly PlainFile[]>> {
  const own = await readLock(lockPath(keys));
  if (!own.ok) return own;
  const files: PlainFile[] = [];
  for (const folder of parents) {
    const names = (await namesIn(folder)).filter((name) => PARENT_FILE.test(name));
    if (names.length === 0)
      return fail("NOT_FOUND", `There is no parent key in ${folder}: name the folder where it is.`);
    const isOwn = await checkLockOf(folder, own.value);
    if (!isOwn.ok) return isOwn;
    for (const name of names) {
      const file = await plainFile(join(folder, name), undefined);
      if (!file.ok) return file;
      if (file.value) files.push(file.value);
    }
  }
  return ok(files);
}

/** Whether the copy in this folder has the lock of the key folder, or none. FILE_EXISTS, KEYS_BROKEN. */
export async function checkLockOf(folder: string, own: PasswordLock | undefined): Promise<Attempt<boolean>> {
  const other = await readLock(join(folder, LOCK_FILE));
  if (!other.ok) return other;
  if (!other.value || other.value.id === own?.id) return ok(other.value !== undefined);
  return fail(
    "FILE_EXISTS",
    `${join(folder, LOCK_FILE)} is of another key folder: name another copy of the parent key.`,
  );
}

/** `undefined`: it is sealed already. */
async function plainFile(path: string, kidOfName: string | undefined): Promise<Attempt<PlainFile | undefined>> {
  const content = await readSmallFile(path, 8 * KIB);
  if (content && parseSealedFile(content)) return ok(undefined);
  const json = content && parseStrictJson(content);
  const jwk = v.safeParse(Kid, json?.ok ? json.value : undefined);
  const kid = kidOfName ?? (jwk.success ? jwk.output.kid : undefined);
  if (content && kid !== undefined) return ok({ path, kid, content });
  return fail("KEYS_BROKEN", `${path} is damaged: restore it from your backup. Nothing was changed.`);
}

// A sealed parent key is of no use without the lock, if the key folder is lost.
async function copyLock(keys: string, parents: readonly string[]): Promise<void> {
  const lock = await readFile(lockPath(keys));
  for (const folder of parents) await writeFileAtomic(join(folder, LOCK_FILE), lock, PRIVATE_FILE_MODE);
}

// A command that was killed while it wrote a key leaves it there in clear.
async function removeTemporary(folder: string): Promise<void> {
  const names = (await namesIn(folder)).filter((name) => TEMPORARY.test(name));
  for (const name of names) await removeFile(join(folder, name));
  if (names.length > 0) await syncFolder(folder);
}

async function namesIn(folder: string): Promise<readonly string[]> {
  return (await exists(folder)) ? (await readdir(folder)).toSorted() : [];
}
