import { access, readFile } from "node:fs/promises";
import { join } from "node:path";
import { unescaped } from "../hardware/index.ts";
import { codeOf } from "./atomic-files.ts";
import { listNames } from "./list-names.ts";

/** The current mount points of removable drives. */
export type MountedRoots = () => Promise<readonly string[]>;

/** The drives of this computer, found without starting another program. */
export function mountedRootsOf(platform: NodeJS.Platform): MountedRoots {
  switch (platform) {
    case "win32":
      return windowsRoots;
    case "darwin":
      return () => childFolders("/Volumes");
    default:
      return linuxRoots;
  }
}

// A: and B: are floppy drives, C: is the system: accessing A: or B: can make a drive spin.
async function windowsRoots(): Promise<string[]> {
  const letters = Array.from({ length: 23 }, (_, index) => `${String.fromCodePoint(68 + index)}:\\`);
  const present = await Promise.all(letters.map(exists));
  return letters.filter((_, index) => present[index]);
}

async function linuxRoots(): Promise<string[]> {
  return removableMounts(await readFile("/proc/self/mountinfo", "utf8"));
}

/**
 * The mount points of `/proc/self/mountinfo` (proc(5)) where desktops and people mount sticks: below `/media`,
 * `/run/media` and `/mnt`. Spaces are written as `\040` there.
 */
export function removableMounts(mountinfo: string): string[] {
  return mountinfo
    .split("\n")
    .map((line) => unescaped(line.split(" ")[4] ?? ""))
    .filter((point) => /^\/(media|run\/media|mnt)\//.test(point));
}

async function childFolders(folder: string): Promise<string[]> {
  const names = await listNames(folder);
  return names.map((name) => join(folder, name));
}

async function exists(path: string): Promise<boolean> {
  try {
    await access(path);
    return true;
  } catch (error) {
    if (codeOf(error) === "") throw error;
    return false;
  }
}
