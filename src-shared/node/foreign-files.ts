import type { Stats } from "node:fs";
import { lstat, mkdir } from "node:fs/promises";
import { join } from "node:path";
import type { Bytes } from "../units.ts";
import { codeOf, writeFileAtomic } from "./atomic-files.ts";
import { listNames } from "./list-names.ts";
import { readSmallFile } from "./plain-files.ts";

// Files in a folder that somebody else prepared: a stick, a feed on it. A link there could lead to any file of this
// computer, so no link below `root` is followed, neither in the last name nor in a folder above. `root` itself is the
// user's choice. Between the check and the use somebody who can write there could still put a link in place; Node has
// no openat(2) to prevent that.

/** A path below a root, name by name. */
export type ForeignPath = readonly [string, ...string[]];

/** Thrown with the code `ELOOP`, as open(2) has it with O_NOFOLLOW. */
function linkError(path: string): Error {
  return Object.assign(new Error(`ELOOP: not a folder of its own: ${path}`), { code: "ELOOP", path });
}

/** The first folder of a path that is a link. Throws fs errors, such as ENOTDIR for a file. */
async function findLink(root: string, folders: readonly string[]): Promise<string | undefined> {
  let at = root;
  for (const name of folders) {
    at = join(at, name);
    const status = await statusOf(at);
    if (!status) return undefined;
    // Also for a junction of Windows.
    if (status.isSymbolicLink()) return at;
  }
  return undefined;
}

/** Throws `ELOOP` if one of the folders is a link. Missing ones are accepted. */
export async function requireForeignFolder(root: string, folders: readonly string[]): Promise<void> {
  const link = await findLink(root, folders);
  if (link !== undefined) throw linkError(link);
}

/** Creates the folders that are missing. Throws `ELOOP` if a link or a file is in the place of one. */
export async function makeForeignFolder(root: string, folders: readonly string[], mode = 0o777): Promise<string> {
  let at = root;
  for (const name of folders) {
    at = join(at, name);
    const status = await statusOf(at);
    if (!status) await makeFolder(at, mode);
    if (!(status ?? (await lstat(at))).isDirectory()) throw linkError(at);
  }
  return at;
}

/** Writes a whole file durably, as `writeFileAtomic` does. Creates missing folders. Throws `ELOOP`, or fs errors. */
export async function writeForeignFile(root: string, path: ForeignPath, content: Uint8Array | string): Promise<void> {
  await makeForeignFolder(root, path.slice(0, -1));
  await writeFileAtomic(join(root, ...path), content);
}

/** The content of a plain file of at most `maxBytes`. Links, pipes and read errors count as absent. */
export async function readForeignFile(root: string, path: ForeignPath, maxBytes: Bytes): Promise<Buffer | undefined> {
  const isPlain = await isForeignFolder(root, path.slice(0, -1));
  return isPlain ? readSmallFile(join(root, ...path), maxBytes) : undefined;
}

/** The names in a folder, ten thousand at most; none if it is a link, or cannot be read. */
export async function listForeignFolder(root: string, folders: ForeignPath): Promise<string[]> {
  return (await isForeignFolder(root, folders)) ? listNames(join(root, ...folders)) : [];
}

/** Whether no link leads to a folder. It may be missing. */
export async function isForeignFolder(root: string, folders: readonly string[]): Promise<boolean> {
  try {
    return (await findLink(root, folders)) === undefined;
  } catch (error) {
    if (codeOf(error) === "") throw error;
    return false;
  }
}

async function statusOf(path: string): Promise<Stats | undefined> {
  try {
    return await lstat(path);
  } catch (error) {
    if (codeOf(error) === "ENOENT") return undefined;
    throw error;
  }
}

async function makeFolder(path: string, mode: number): Promise<void> {
  try {
    await mkdir(path, { mode });
  } catch (error) {
    // Another process was faster.
    if (codeOf(error) !== "EEXIST") throw error;
  }
}
