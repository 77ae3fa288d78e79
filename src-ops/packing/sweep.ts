import { rmdir } from "node:fs/promises";
import { join } from "node:path";
import { codeOf, removeFile } from "../../src-shared/node/atomic-files.ts";
import { namesIn, OWN_FILES, sweepData } from "../../src-shared/node/vault-sweep.ts";
import {
  DATA_FOLDER,
  FORMAT_FILE,
  KEYS_FILE,
  PENDING_FILE,
  REVOCATIONS_FILE,
  VAULT_FILE,
  VAULT_FOLDER,
} from "../../src-shared/vault/index.ts";

const UNCOMMITTED: readonly string[] = [PENDING_FILE, VAULT_FILE, FORMAT_FILE, KEYS_FILE, REVOCATIONS_FILE];

/** Removes a vault that was never committed. Folders that hold anything else stay. */
export async function removeUncommitted(root: string): Promise<void> {
  const folder = join(root, VAULT_FOLDER);
  await sweepData(root, new Set());
  for (const name of await namesIn(folder)) {
    const isOwn = OWN_FILES.test(name) || UNCOMMITTED.includes(name);
    if (isOwn) await removeFile(join(folder, name));
  }
  await removeIfEmpty(join(folder, DATA_FOLDER));
  await removeIfEmpty(folder);
}

async function removeIfEmpty(folder: string): Promise<void> {
  try {
    await rmdir(folder);
  } catch (error) {
    if (!["ENOTEMPTY", "EEXIST", "ENOENT"].includes(codeOf(error))) throw error;
  }
}
