import { execFileSync, spawnSync } from "node:child_process";
import { mkdirSync, readFileSync, statSync } from "node:fs";

/** Why a real FAT32 file system cannot be had here; `undefined` where it can. */
export function whyNoFat32(): string | undefined {
  const device = statSync("/dev/fuse", { throwIfNoEntry: false });
  if (!device?.isCharacterDevice()) return "/dev/fuse is absent";
  const missing = ["mkfs.fat", "fusefat", "fusermount"].find((tool) => spawnSync("which", [tool]).status !== 0);
  return missing && `${missing} is not installed`;
}

/** Mounts a new FAT32 image of 256 MiB; gives what unmounts it. */
export function mountFat32(image: string, folder: string): () => void {
  execFileSync("mkfs.fat", ["-F", "32", "-C", image, "262144"], { stdio: "ignore" });
  return mountImage(image, folder);
}

export function mountImage(image: string, folder: string): () => void {
  mkdirSync(folder, { recursive: true });
  execFileSync("fusefat", ["-o", "rw+", image, folder], { stdio: "ignore" });
  if (!readFileSync("/proc/mounts", "utf8").includes(` ${folder} fuse`)) throw new Error("fusefat mounted nothing");
  return () => execFileSync("fusermount", ["-u", folder]);
}

/** Mounts a small file system in memory; `undefined` where that is not allowed. */
export function mountMemory(folder: string, options: string): (() => void) | undefined {
  mkdirSync(folder);
  if (spawnSync("mount", ["-t", "tmpfs", "-o", options, "tmpfs", folder]).status !== 0) return undefined;
  return () => execFileSync("umount", [folder]);
}
