import { readFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { removeFile, syncFolder, writeFileAtomic } from "../../src-shared/node/atomic-files.ts";
import { ok } from "../../src-shared/result.ts";
import { type Attempt, fail } from "../failure.ts";
import { exists, isInside } from "../paths.ts";
import { makePrivateFolder } from "../private-access.ts";
import { keyFileName, PRIVATE_FILE_MODE, privateKeyPath } from "./key-folder.ts";
import { LOCK_FILE, lockPath } from "./protection/index.ts";

const ROLE = "key-manifest";

/** Checks, before keys are made, that the parent key can be written into these folders. */
export async function checkParentTargets(folder: string, targets: readonly string[]): Promise<Attempt<undefined>> {
  for (const target of targets) {
    if (await isInside(target, folder)) {
      return fail("USAGE", `${target} is in the key folder itself: name a folder on another medium.`);
    }
    const file = join(target, keyFileName(ROLE, 1));
    for (const path of [file, join(target, LOCK_FILE)]) {
      if (await exists(path))
        return fail("FILE_EXISTS", `${path} already exists: name another folder for the parent key.`);
    }
  }
  return ok(undefined);
}

/**
 * Moves the new parent key out of the key folder, into every one of these folders. Each copy is read back before the
 * original is removed.
 */
export async function moveParent(folder: string, targets: readonly string[]): Promise<Attempt<readonly string[]>> {
  const original = privateKeyPath(folder, ROLE);
  const key = await readFile(original);
  // Without it, a sealed key opens only as long as there is the key folder.
  const lock = (await exists(lockPath(folder))) ? await readFile(lockPath(folder)) : undefined;
  const files: string[] = [];
  for (const target of targets) {
    const file = join(target, keyFileName(ROLE, 1));
    await makePrivateFolder(target, false);
    for (const [path, content] of [[file, key] as const, ...(lock ? [[join(target, LOCK_FILE), lock] as const] : [])]) {
      await writeFileAtomic(path, content, PRIVATE_FILE_MODE);
      if (!(await readFile(path)).equals(content)) {
        return fail("READ_BACK_FAILED", `${path} reads differently than it was written: use another medium.`);
      }
    }
    files.push(file);
  }
  await removeFile(original);
  await syncFolder(dirname(original));
  return ok(files);
}
