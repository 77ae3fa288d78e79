import { readdir, rm, rmdir } from "node:fs/promises";
import { join } from "node:path";
import * as v from "valibot";
import { RandomId } from "../../src-shared/ids.ts";
import { codeOf, syncFolder } from "../../src-shared/node/atomic-files.ts";
import {
  catalogName,
  DATA_FOLDER,
  FORMAT_FILE,
  KEYS_FILE,
  manifestName,
  REVOCATIONS_FILE,
  VAULT_FILE,
  VAULT_FOLDER,
} from "../../src-shared/vault/index.ts";
import { discardFile } from "./store-file.ts";
import { PENDING_FILE } from "./pending.ts";

// Only files whose names vaultctl itself creates are removed: everything else on a stick belongs to its owner.
const OWN_FILES = /^(?:manifest\.[1-9]\d{0,9}\.(?:jws|uvv)|\.[\w.-]+\.[0-9a-f]{12}\.tmp)$/;

const UNCOMMITTED: readonly string[] = [PENDING_FILE, VAULT_FILE, FORMAT_FILE, KEYS_FILE, REVOCATIONS_FILE];

/** Removes encrypted files that are not in `keep`: killed runs left them, or they are no longer in the vault. */
export async function sweepData(root: string, keep: ReadonlySet<string>): Promise<void> {
  const folder = join(root, VAULT_FOLDER, DATA_FOLDER);
  const unused = (await namesIn(folder)).filter((name) => v.is(RandomId, name) && !keep.has(name));
  for (const name of unused) await discardFile(root, name);
  if (unused.length > 0) await syncFolder(folder);
}

/** Removes what the committed generation no longer needs: older manifests, temporary files, unused data. */
export async function sweepAfterCommit(root: string, gen: number, keep: ReadonlySet<string>): Promise<void> {
  const folder = join(root, VAULT_FOLDER);
  for (const name of await namesIn(folder)) {
    const current = name === manifestName(gen) || name === catalogName(gen);
    if (!current && (OWN_FILES.test(name) || name === PENDING_FILE)) await rm(join(folder, name), { force: true });
  }
  await sweepData(root, keep);
  await syncFolder(folder);
}

/** Removes a vault that was never committed. Folders that hold anything else stay. */
export async function removeUncommitted(root: string): Promise<void> {
  const folder = join(root, VAULT_FOLDER);
  await sweepData(root, new Set());
  for (const name of await namesIn(folder)) {
    const isOwn = OWN_FILES.test(name) || UNCOMMITTED.includes(name);
    if (isOwn) await rm(join(folder, name), { force: true });
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

async function namesIn(folder: string): Promise<string[]> {
  try {
    return await readdir(folder);
  } catch (error) {
    if (codeOf(error) === "ENOENT") return [];
    throw error;
  }
}
