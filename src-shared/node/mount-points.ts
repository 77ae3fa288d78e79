import { stat } from "node:fs/promises";
import { dirname, resolve } from "node:path";
import { codeOf } from "./atomic-files.ts";

/** The number of the file system of a folder; `undefined` if the folder is gone. */
export async function deviceOf(path: string): Promise<bigint | undefined> {
  try {
    return (await stat(path, { bigint: true })).dev;
  } catch (error) {
    if (codeOf(error) === "") throw error;
    return undefined;
  }
}

/**
 * Whether a folder is the root of its file system: then a vault there is on the drive itself, not in a copied folder.
 */
export async function isMountPoint(path: string): Promise<boolean> {
  const folder = resolve(path);
  const parent = dirname(folder);
  return parent === folder || (await deviceOf(folder)) !== (await deviceOf(parent));
}
