import { mkdir, readFile, rm } from "node:fs/promises";
import { dirname, join } from "node:path";
import { syncFolder, writeFileAtomic } from "../../src-shared/node/atomic-files.ts";
import { ok } from "../../src-shared/result.ts";
import { type Attempt, fail } from "../failure.ts";
import { exists, isInside } from "../paths.ts";
import { keyFileName, PRIVATE_FILE_MODE, PRIVATE_FOLDER_MODE, privateKeyPath } from "./key-folder.ts";

const ROLE = "key-manifest";

/** Checks, before keys are made, that the parent key can be written into these folders. */
export async function checkParentTargets(folder: string, targets: readonly string[]): Promise<Attempt<undefined>> {
  for (const target of targets) {
    if (await isInside(target, folder)) {
      return fail("USAGE", `${target} is in the key folder itself: name a folder on another medium.`);
    }
    const file = join(target, keyFileName(ROLE, 1));
    if (await exists(file))
      return fail("FILE_EXISTS", `${file} already exists: name another folder for the parent key.`);
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
  const files: string[] = [];
  for (const target of targets) {
    const file = join(target, keyFileName(ROLE, 1));
    await mkdir(target, { recursive: true, mode: PRIVATE_FOLDER_MODE });
    await writeFileAtomic(file, key, PRIVATE_FILE_MODE);
    if (!(await readFile(file)).equals(key)) {
      return fail("READ_BACK_FAILED", `${file} reads differently than it was written: use another medium.`);
    }
    files.push(file);
  }
  await rm(original);
  await syncFolder(dirname(original));
  return ok(files);
}
