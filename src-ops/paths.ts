import { lstat, realpath, stat } from "node:fs/promises";
import { basename, dirname, isAbsolute, join, relative, resolve, sep } from "node:path";
import { codeOf } from "../src-shared/node/atomic-files.ts";
import { VAULT_FOLDER } from "../src-shared/vault/index.ts";

/** The path with every symbolic link resolved, even if its last parts do not exist yet. */
export async function resolveLinks(path: string): Promise<string> {
  const absolute = resolve(path);
  try {
    return await realpath(absolute);
  } catch (error) {
    const parent = dirname(absolute);
    if (codeOf(error) !== "ENOENT" || parent === absolute) throw error;
    return join(await resolveLinks(parent), basename(absolute));
  }
}

/** Whether `path` is `folder` or is inside it, with links resolved. */
export async function isInside(path: string, folder: string): Promise<boolean> {
  const relativePath = relative(await resolveLinks(folder), await resolveLinks(path));
  return !isAbsolute(relativePath) && relativePath !== ".." && !relativePath.startsWith(`..${sep}`);
}

/** Whether a file, folder or link of any kind exists at this path. */
export async function exists(path: string): Promise<boolean> {
  try {
    await lstat(path);
    return true;
  } catch (error) {
    if (codeOf(error) === "ENOENT" || codeOf(error) === "ENOTDIR") return false;
    throw error;
  }
}

/** Whether a folder exists at this path, or a link to one. */
export async function isFolder(path: string): Promise<boolean> {
  return (await exists(path)) && (await stat(path)).isDirectory();
}

/** The nearest folder at or above `path` that holds a vault: a stick. */
export function findEnclosingStick(path: string): Promise<string | undefined> {
  return findEnclosing(path, VAULT_FOLDER);
}

/** The nearest folder at or above `path` that has something with this name. */
export async function findEnclosing(path: string, name: string): Promise<string | undefined> {
  let at = await resolveLinks(path);
  for (;;) {
    if (await exists(join(at, name))) return at;
    const parent = dirname(at);
    if (parent === at) return undefined;
    at = parent;
  }
}
