import { constants } from "node:fs";
import { type FileHandle, lstat, open } from "node:fs/promises";
import type { Bytes } from "../units.ts";
import { codeOf } from "./atomic-files.ts";

// Without following a link at the end of the path, and without waiting for the writer of a pipe: a hostile stick may
// contain either under any name.
const FLAGS = constants.O_RDONLY | (constants.O_NOFOLLOW ?? 0) | (constants.O_NONBLOCK ?? 0);

/**
 * A plain file opened for reading, with its size. `undefined`: a link, a folder, a pipe or a device. Throws fs errors.
 */
export async function openPlainFile(path: string): Promise<{ handle: FileHandle; size: Bytes } | undefined> {
  // Windows has no O_NOFOLLOW: there a link is checked for first.
  if (constants.O_NOFOLLOW === undefined && (await lstat(path)).isSymbolicLink()) return undefined;
  const handle = await open(path, FLAGS).catch((error: unknown) => {
    if (codeOf(error) === "ELOOP") return undefined;
    throw error;
  });
  if (!handle) return undefined;
  try {
    const status = await handle.stat();
    if (status.isFile()) return { handle, size: status.size };
  } catch (error) {
    await handle.close();
    throw error;
  }
  await handle.close();
  return undefined;
}

/** The content of a plain file of at most `maxBytes`, or `undefined`. Links, other kinds and read errors count as absent. */
export async function readSmallFile(path: string, maxBytes: Bytes): Promise<Buffer | undefined> {
  try {
    const file = await openPlainFile(path);
    if (!file) return undefined;
    try {
      return file.size <= maxBytes ? await readExactly(file.handle, file.size) : undefined;
    } finally {
      await file.handle.close();
    }
  } catch (error) {
    if (codeOf(error) === "") throw error;
    return undefined;
  }
}

// Never more than the size that was checked, even if the file grows in the meantime.
async function readExactly(handle: FileHandle, size: Bytes): Promise<Buffer | undefined> {
  const content = Buffer.allocUnsafeSlow(size);
  for (let filled = 0; filled < size;) {
    const { bytesRead } = await handle.read(content, filled, size - filled, filled);
    if (bytesRead === 0) return undefined;
    filled += bytesRead;
  }
  return content;
}
