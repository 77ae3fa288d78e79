import { constants } from "node:fs";
import { type FileHandle, lstat, open } from "node:fs/promises";
import type { Bytes } from "../units.ts";
import { codeOf, removeFile, retryWhileHeld } from "./atomic-files.ts";
import { openPlainFile } from "./plain-files.ts";

/**
 * Opens a file that an earlier run may have begun. Anything else under that name, such as a link, a pipe or another name of
 * some other file, is removed, and not written to.
 */
export async function openForUpdate(path: string): Promise<FileHandle> {
  const earlier = await openEarlier(path);
  if (earlier) return earlier;
  await removeFile(path);
  // On Windows the name stays taken until the last program has closed the removed file.
  return retryWhileHeld(() => open(path, "wx+"));
}

async function openEarlier(path: string): Promise<FileHandle | undefined> {
  const status = await lstat(path).catch((error: unknown) => {
    if (codeOf(error) !== "ENOENT") throw error;
    return undefined;
  });
  const file = status?.isFile() ? await openPlainFile(path, { access: constants.O_RDWR }) : undefined;
  if (!file) return undefined;
  if ((await file.handle.stat()).nlink === 1) return file.handle;
  await file.handle.close();
  return undefined;
}

/** Writes all bytes at this position. */
export async function writeFully(file: FileHandle, bytes: Uint8Array, position: Bytes): Promise<void> {
  for (let done = 0; done < bytes.length;) {
    const { bytesWritten } = await file.write(bytes, done, bytes.length - done, position + done);
    done += bytesWritten;
  }
}
