import { randomBytes } from "node:crypto";
import { open, rename, rm } from "node:fs/promises";
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
    await Promise.allSettled([rm(temporary, { force: true })]);
    throw error;
  }
  await syncFolder(dirname(path));
}

/** Renaming on Windows is refused for a moment while a virus scanner reads a new file. */
const HELD = new Set(["EPERM", "EACCES", "EBUSY"]);
const HELD_TRIES = 20;
const HELD_PAUSE: Milliseconds = 50;

/** Renames a file. On Windows, one that another program holds for a moment is tried again for about a second. */
export async function renameFile(
  from: string,
  to: string,
  { attempt = rename, platform = process.platform }: { attempt?: typeof rename; platform?: NodeJS.Platform } = {},
): Promise<void> {
  for (let left = platform === "win32" ? HELD_TRIES : 1; ; left--) {
    try {
      return await attempt(from, to);
    } catch (error) {
      if (left <= 1 || !HELD.has(codeOf(error))) throw error;
      await setTimeout(HELD_PAUSE);
    }
  }
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
