import { randomBytes } from "node:crypto";
import { open, rename, rm, unlink } from "node:fs/promises";
import { basename, dirname, join } from "node:path";
import { setTimeout } from "node:timers/promises";
import type { Milliseconds } from "../units.ts";

/**
 * Writes a whole file so that a crash at any time leaves either the old or the new one: temporary file in the same
 * folder, fsync, rename, fsync of the folder. Throws the file system's own error and leaves no partial file.
 */
export async function writeFileAtomic(path: string, content: Uint8Array | string, mode = 0o644): Promise<void> {
  const temporary = join(dirname(path), `.${basename(path)}.${randomBytes(6).toString("hex")}.tmp`);
  try {
    const file = await open(temporary, "wx", mode);
    try {
      await file.writeFile(content);
      await file.sync();
    } finally {
      await file.close();
    }
    await renameFile(temporary, path);
  } catch (error) {
    // A stick that was removed cannot be cleaned up either: the first error is the one that matters.
    await Promise.allSettled([removeFile(temporary)]);
    throw error;
  }
  await syncFolder(dirname(path));
}

/**
 * What Windows says of a file that a virus scanner, an indexer or a backup has open. It says the same where the permissions do
 * not allow the work, so in the end this error is the one that is thrown.
 */
const HELD = ["EPERM", "EACCES", "EBUSY"];
const HELD_FOR: Milliseconds = 5_000;
const LONGEST_PAUSE: Milliseconds = 100;

export type HeldFileOptions = {
  readonly platform?: NodeJS.Platform;
  readonly codes?: readonly string[];
  /** How long a held file is waited for. */
  readonly patience?: Milliseconds;
};

/** Does something to a file. On Windows it is tried again, for five seconds, while another program has the file open. */
export async function retryWhileHeld<T>(
  attempt: () => Promise<T>,
  { platform = process.platform, codes = HELD, patience = HELD_FOR }: HeldFileOptions = {},
): Promise<T> {
  const end = performance.now() + patience;
  for (let pause: Milliseconds = 10; ; pause = Math.min(2 * pause, LONGEST_PAUSE)) {
    try {
      return await attempt();
    } catch (error) {
      if (platform !== "win32" || !codes.includes(codeOf(error)) || performance.now() + pause > end) throw error;
      await setTimeout(pause);
    }
  }
}

/** Renames a file or a folder. On Windows, one that is open somewhere is waited for. */
export function renameFile(from: string, to: string): Promise<void> {
  return retryWhileHeld(() => rename(from, to));
}

/** Removes a file if it is there. On Windows, one that is open somewhere is waited for. */
export async function removeFile(path: string): Promise<void> {
  try {
    // Not `rm`: where a removal is not allowed, it reports ENOTDIR.
    await retryWhileHeld(() => unlink(path));
  } catch (error) {
    if (codeOf(error) !== "ENOENT") throw error;
  }
}

/** Removes a folder with all that is in it, if it is there. On Windows, files that are open somewhere are waited for. */
export function removeFolder(path: string): Promise<void> {
  return retryWhileHeld(() => rm(path, { recursive: true, force: true }), { codes: [...HELD, "ENOTEMPTY"] });
}

/**
 * Makes renames and removals in a folder durable. Windows and FUSE cannot open or sync folders: there it does nothing.
 */
export async function syncFolder(path: string): Promise<void> {
  try {
    const folder = await open(path, "r");
    try {
      await folder.sync();
    } finally {
      await folder.close();
    }
  } catch (error) {
    if (!["EISDIR", "EPERM", "EACCES", "EINVAL", "ENOSYS", "ENOTSUP"].includes(codeOf(error))) throw error;
  }
}

/** The `code` of a file system error, empty for anything else. */
export function codeOf(error: unknown): string {
  return error instanceof Error && "code" in error && typeof error.code === "string" ? error.code : "";
}

/** Whether a write failed for want of space, on the disk or in the person's quota. */
export function isOutOfSpace(error: unknown): boolean {
  return ["ENOSPC", "EDQUOT"].includes(codeOf(error));
}
