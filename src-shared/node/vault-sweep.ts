import { readdir } from "node:fs/promises";
import { join } from "node:path";
import * as v from "valibot";
import { RandomId } from "../ids.ts";
import { catalogName, DATA_FOLDER, manifestName, PENDING_FILE, VAULT_FOLDER } from "../vault/index.ts";
import { codeOf, removeFile, removeFolder, syncFolder } from "./atomic-files.ts";

/** Only files whose names a writer of vaults creates are removed: everything else on a stick belongs to its owner. */
export const OWN_FILES = /^(?:manifest\.[1-9]\d{0,9}\.(?:jws|uvv)|\.[\w.-]+\.[0-9a-f]{12}\.tmp)$/;

/** The folder of an encrypted file's parts. */
export function dataFolder(root: string, fileId: string): string {
  return join(root, VAULT_FOLDER, DATA_FOLDER, fileId);
}

/** Removes a file's parts. */
export async function discardFile(root: string, fileId: string): Promise<void> {
  await removeFolder(dataFolder(root, fileId));
}

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
    if (!current && (OWN_FILES.test(name) || name === PENDING_FILE)) await removeFile(join(folder, name));
  }
  await sweepData(root, keep);
  await syncFolder(folder);
}

/** The names in a folder; none if it is not there. */
export async function namesIn(folder: string): Promise<string[]> {
  try {
    return await readdir(folder);
  } catch (error) {
    if (codeOf(error) === "ENOENT") return [];
    throw error;
  }
}
