import { type BigIntStats, constants } from "node:fs";
import { type FileHandle, lstat, open } from "node:fs/promises";
import type { Bytes } from "../units.ts";
import { codeOf, retryWhileHeld } from "./atomic-files.ts";

export type PlainFileOptions = {
  /** `O_RDONLY`, or `O_RDWR` to change a file that an earlier run has begun. */
  readonly access?: number;
  /** The system's flag against following a link at the end of a path; Windows has none. */
  readonly noFollow?: number | undefined;
};

/**
 * A plain file that is opened, with its size. `undefined`: a link, a folder, a pipe or a device. Throws fs errors. A hostile
 * stick may contain any of them under any name, so no link is followed, and the writer of a pipe is not waited for.
 */
export async function openPlainFile(
  path: string,
  { access = constants.O_RDONLY, ...options }: PlainFileOptions = {},
): Promise<{ handle: FileHandle; size: Bytes } | undefined> {
  const noFollow = "noFollow" in options ? options.noFollow : constants.O_NOFOLLOW;
  const named = noFollow === undefined ? await lstat(path, { bigint: true }) : undefined;
  if (named && !named.isFile()) return undefined;
  const flags = access | (noFollow ?? 0) | (constants.O_NONBLOCK ?? 0);
  // Windows: a backup may have it open for itself for a moment. A file that seems absent could be taken for a lost one.
  const opening = retryWhileHeld(() => open(path, flags), { codes: ["EBUSY"] });
  const handle = await opening.catch((error: unknown) => {
    if (codeOf(error) === "ELOOP") return undefined;
    throw error;
  });
  if (!handle) return undefined;
  try {
    const opened = await handle.stat({ bigint: true });
    if (opened.isFile() && isSameFile(named ?? opened, opened)) return { handle, size: Number(opened.size) };
  } catch (error) {
    await handle.close();
    throw error;
  }
  await handle.close();
  return undefined;
}

// As bigints: a file of NTFS or ReFS has a number that is larger than what a double holds exactly.
function isSameFile(one: BigIntStats, other: BigIntStats): boolean {
  return one.dev === other.dev && one.ino === other.ino;
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
