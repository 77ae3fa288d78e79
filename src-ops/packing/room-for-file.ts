import { readFile, realpath, statfs } from "node:fs/promises";
import { dirname } from "node:path";
import { mountOf } from "../../src-shared/hardware/index.ts";
import { ok } from "../../src-shared/result.ts";
import { type Bytes, GIB } from "../../src-shared/units.ts";
import { type Attempt, fail } from "../failure.ts";
import { formatBytes } from "../formatting.ts";

/** FAT32 has 32 bits for the length of a file. */
export const FAT32_LIMIT: Bytes = 4 * GIB;

/** As the kernel and the drivers in user space call FAT12 to FAT32. exFAT has no such limit. */
const FAT = new Set(["vfat", "msdos", "fuse.fusefat"]);

/**
 * Fails before the first byte of one large file is written, if its disk cannot hold it. On FAT32 some systems notice it only
 * after 4 GiB, some report a full disk, and some begin again at the start of the file. FILE_TOO_LARGE, DISK_FULL.
 */
export async function requireRoomForFile(out: string, bytes: Bytes): Promise<Attempt<undefined>> {
  const folder = await realpath(dirname(out));
  if (bytes >= FAT32_LIMIT && (await isFat32(folder))) {
    const size = `${out} would have ${formatBytes(bytes)}, but ${folder} is on a disk with FAT32, which holds no file of 4 GiB or more`;
    return fail("FILE_TOO_LARGE", `${size}: write it to a disk with exFAT, NTFS or ext4.`);
  }
  const { bavail, bsize, blocks } = await statfs(folder);
  const free = bavail * bsize;
  // Some file systems in user space do not report their size.
  if (blocks === 0 || bytes <= free) return ok(undefined);
  const size = `${out} would have ${formatBytes(bytes)}, but ${folder} has only ${formatBytes(free)} free`;
  return fail("DISK_FULL", `${size}: free some space, or write it to another disk.`);
}

// On other systems the disk itself refuses the file.
async function isFat32(folder: string): Promise<boolean> {
  if (process.platform !== "linux") return false;
  return FAT.has(mountOf(await readFile("/proc/self/mountinfo", "utf8"), folder)?.type ?? "");
}
