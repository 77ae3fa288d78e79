import { execFileSync, spawn, spawnSync } from "node:child_process";
import { mkdirSync, mkdtempSync, readFileSync, rmSync, statSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout } from "node:timers/promises";
import { onTestFinished } from "vitest";
import { type Bytes, KIB, MIB } from "../../../src-shared/units.ts";
import { closed } from "./vaultctl.ts";

/** Why a real FAT32 file system cannot be mounted here; `undefined` if it can. */
export function whyNoFat32(): string | undefined {
  const device = statSync("/dev/fuse", { throwIfNoEntry: false });
  if (!device?.isCharacterDevice()) return "/dev/fuse is absent";
  const missing = ["mkfs.fat", "fusefat", "fusermount"].find((tool) => spawnSync("which", [tool]).status !== 0);
  return missing && `${missing} is not installed`;
}

export type Mount = {
  readonly unmount: () => Promise<void>;
  /** Removes the device while files on it may be open. */
  readonly pull: () => Promise<void>;
};

/** `afterAll` for a drive that several tests share. */
type AtEnd = (clean: () => void) => void;

const UNMOUNT_TRIES = 100;

function isUnmounted(folder: string): boolean {
  return spawnSync("fusermount", ["-u", folder], { stdio: "ignore" }).status === 0;
}

/** Mounts a new FAT32 image, of 256 MiB unless another size is named. */
export async function mountFat32(
  image: string,
  folder: string,
  device?: string,
  { bytes = 256 * MIB, atEnd = onTestFinished }: { readonly bytes?: Bytes; readonly atEnd?: AtEnd } = {},
): Promise<Mount> {
  execFileSync("mkfs.fat", ["-F", "32", "-C", image, String(bytes / KIB)], { stdio: "ignore" });
  return mountImage(image, folder, device, atEnd);
}

/**
 * Mounts an image. Unmounting waits for the driver's end, because only then the image is complete.
 * @param device that the list of mounts shows, `/dev/sdx1`
 */
export async function mountImage(
  image: string,
  folder: string,
  device?: string,
  atEnd: AtEnd = onTestFinished,
): Promise<Mount> {
  mkdirSync(folder, { recursive: true });
  const options = device === undefined ? "rw+" : `rw+,fsname=${device}`;
  const driver = spawn("fusefat", ["-f", "-o", options, image, folder], { stdio: "ignore" });
  const end = closed(driver);
  // A driver that hangs must not block the tests: after it is killed, every call on the folder returns.
  atEnd(() => {
    if (driver.exitCode !== null) return;
    driver.kill("SIGKILL");
    spawnSync("fusermount", ["-uz", folder]);
  });
  while (!readFileSync("/proc/mounts", "utf8").includes(` ${folder} fuse`)) {
    if (driver.exitCode !== null) throw new Error("fusefat mounted nothing");
    await setTimeout(5);
  }
  return {
    async unmount() {
      // The app of another suite may have files open on the new drive; it closes them by itself.
      for (let left = UNMOUNT_TRIES; !isUnmounted(folder); left--) {
        if (left === 0) throw new Error(`${folder} is held open`);
        await setTimeout(100);
      }
      await end;
    },
    async pull() {
      driver.kill("SIGKILL");
      await end;
    },
  };
}

/** Shows what is mounted below a folder from now on in other mount namespaces too; `undefined` if that is not allowed. */
export function shareMounts(folder: string): (() => void) | undefined {
  if (spawnSync("mount", ["--bind", folder, folder], { stdio: "ignore" }).status !== 0) return undefined;
  execFileSync("mount", ["--make-shared", folder]);
  return () => void spawnSync("umount", ["-l", folder]);
}

/** Whether file systems can be mounted here (needs root, and is not possible in every container). */
export function mayMount(): boolean {
  const folder = mkdtempSync(join(tmpdir(), "uvv-mount-"));
  const unmount = mountMemory(join(folder, "mount"), "size=64k");
  unmount?.();
  rmSync(folder, { recursive: true });
  return unmount !== undefined;
}

/** Mounts a small file system in memory; `undefined` if that is not allowed. */
export function mountMemory(folder: string, options: string): (() => void) | undefined {
  mkdirSync(folder);
  if (spawnSync("mount", ["-t", "tmpfs", "-o", options, "tmpfs", folder]).status !== 0) return undefined;
  return () => execFileSync("umount", [folder]);
}

/** Mounts the image of a small disk on a real block device; `undefined` if that is not allowed. */
export function mountLoop(folder: string): { readonly root: string; readonly unmount: () => void } | undefined {
  const [image, root] = [join(folder, "image"), join(folder, "mount")];
  mkdirSync(root, { recursive: true });
  if (spawnSync("mkfs.ext4", ["-q", image, "64M"], { stdio: "ignore" }).status !== 0) return undefined;
  if (spawnSync("mount", ["-o", "loop", image, root], { stdio: "ignore" }).status !== 0) return undefined;
  return { root, unmount: () => execFileSync("umount", [root]) };
}
