import { AsyncLocalStorage } from "node:async_hooks";
import { dirname, join } from "node:path";
import { writeFileAtomic } from "../../../src-shared/node/atomic-files.ts";
import { readSmallFile } from "../../../src-shared/node/plain-files.ts";
import { ok } from "../../../src-shared/result.ts";
import { KIB } from "../../../src-shared/units.ts";
import { type Attempt, fail } from "../../failure.ts";
import { exists } from "../../paths.ts";
import { PRIVATE, PRIVATE_FILE_MODE } from "../key-folder.ts";
import {
  createLock,
  type FolderKey,
  lockFolderKey,
  openLock,
  parsePasswordLock,
  type PasswordLock,
} from "./password-lock.ts";

/** Where a command gets the password of a key folder. */
export type Passwords = {
  /** Asks once. `attempt` counts from 1. PASSWORD_MISSING, PASSWORD_UNFIT, INTERRUPTED. */
  ask(folder: string, attempt: number): Promise<Attempt<string>>;
  /** The key of this id, if the person has unlocked the folder for some time. */
  recall(folder: string, id: string): Promise<Uint8Array | undefined>;
  /** How often it makes sense to ask: a file has the same password each time. */
  readonly attempts: number;
};

type Scope = { readonly passwords: Passwords; readonly opened: Map<string, Promise<Attempt<FolderKey>>> };

// The password is asked for where a key is needed, deep inside any command, and only once in a command.
const scopes = new AsyncLocalStorage<Scope>();

/** Runs a command. The password of a folder is asked for when its first private key is needed. */
export function withPasswords<T>(passwords: Passwords, command: () => Promise<T>): Promise<T> {
  return scopes.run({ passwords, opened: new Map() }, command);
}

export const LOCK_FILE = "password.json";

export function lockPath(folder: string): string {
  return join(folder, PRIVATE, LOCK_FILE);
}

/** The password lock in a folder of private files; `undefined`: they have no password. KEYS_BROKEN. */
export async function readLock(path: string): Promise<Attempt<PasswordLock | undefined>> {
  if (!(await exists(path))) return ok(undefined);
  const bytes = await readSmallFile(path, 4 * KIB);
  const lock = bytes && parsePasswordLock(bytes);
  return lock ? ok(lock) : fail("KEYS_BROKEN", `${path} is damaged: restore it from your backup.`);
}

/** The key of a key folder's private files; `undefined`: they have no password. PASSWORD_WRONG, PASSWORD_MISSING. */
export async function unlockFolder(folder: string): Promise<Attempt<FolderKey | undefined>> {
  const lock = await readLock(lockPath(folder));
  return lock.ok && lock.value ? unlock(lock.value, folder) : (lock as Attempt<undefined>);
}

/**
 * The folder key that a sealed file names. Its lock is beside the file, as with a parent key in a safe place, or in the key
 * folder.
 */
export async function unlockFor(file: string, id: string, keyFolder: string): Promise<Attempt<FolderKey>> {
  const opened = await scopes.getStore()?.opened.get(id);
  if (opened?.ok) return opened;
  const places = [
    { folder: keyFolder, path: lockPath(keyFolder) },
    { folder: dirname(file), path: join(dirname(file), LOCK_FILE) },
  ];
  for (const { folder, path } of places) {
    const lock = await readLock(path);
    if (!lock.ok) return lock;
    if (lock.value?.id === id) return unlock(lock.value, folder);
  }
  return fail(
    "KEYS_BROKEN",
    `${file} has a password, but no ${LOCK_FILE} that belongs to it: restore both from your backup.`,
  );
}

/** Writes the lock of a new password, and returns the new folder key: from now on this command knows it. */
export async function writeNewLock(path: string, password: string): Promise<FolderKey> {
  const { lock, folderKey } = await createLock(password);
  await writeFileAtomic(path, `${JSON.stringify(lock)}\n`, PRIVATE_FILE_MODE);
  scopes.getStore()?.opened.set(folderKey.id, Promise.resolve(ok(folderKey)));
  return folderKey;
}

/**
 * Writes the lock of another password for the same folder key, first beside the copies and last in the folder itself, whose
 * password of until now is asked for even while its keys are unlocked. PASSWORD_WRONG, PASSWORD_MISSING.
 */
export async function changeLock(
  folder: string,
  copies: readonly string[],
  lock: PasswordLock,
  choosePassword: () => Promise<Attempt<string>>,
): Promise<Attempt<undefined>> {
  const passwords = scopes.getStore()?.passwords;
  if (!passwords) return nobodyToAsk(folder);
  const folderKey = await askFor(lock, folder, { ...passwords, recall: async () => undefined });
  if (!folderKey.ok) return folderKey;
  const password = await choosePassword();
  if (!password.ok) return password;
  // Copies that were not named before may still need the present one.
  if (copies.length === 0 && (await openLock(lock, password.value)))
    return fail("PASSWORD_UNFIT", `${folder} has this password already: choose another one. Nothing was changed.`);
  const changed = `${JSON.stringify(await lockFolderKey(folderKey.value, password.value))}\n`;
  for (const path of [...copies.map((copy) => join(copy, LOCK_FILE)), lockPath(folder)]) {
    await writeFileAtomic(path, changed, PRIVATE_FILE_MODE);
  }
  return ok(undefined);
}

async function unlock(lock: PasswordLock, folder: string): Promise<Attempt<FolderKey>> {
  const scope = scopes.getStore();
  if (!scope) return nobodyToAsk(folder);
  // Parts of a command that need the same key at the same time share one question.
  const opened = scope.opened.get(lock.id) ?? askFor(lock, folder, scope.passwords);
  scope.opened.set(lock.id, opened);
  return opened;
}

function nobodyToAsk(folder: string) {
  return fail("PASSWORD_MISSING", `${folder} has a password, and there is nobody to ask for it.`);
}

async function askFor(lock: PasswordLock, folder: string, passwords: Passwords): Promise<Attempt<FolderKey>> {
  const recalled = await passwords.recall(folder, lock.id);
  if (recalled) return ok({ id: lock.id, key: recalled });
  for (let attempt = 1; attempt <= passwords.attempts; attempt++) {
    const password = await passwords.ask(folder, attempt);
    if (!password.ok) return password;
    const key = await openLock(lock, password.value);
    if (key) return ok(key);
  }
  return fail(
    "PASSWORD_WRONG",
    `That is not the password of ${folder}: try again, or restore a backup whose password you know. Nothing was changed.`,
  );
}
