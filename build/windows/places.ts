import { join } from "node:path";
import { projectRoot } from "../electron-runtime.ts";

// Everything that `npm run windows` makes is below one folder, which git ignores and `--remove` deletes.
export const world = join(projectRoot, ".cache", "windows");
/** Debian with Wine, as a folder that commands are run in. */
export const debianRoot = join(world, "root");
/** The Windows package as `npm run dist` makes it. */
export const packageFolder = join(world, "package");
/** A drive C: that nothing has been installed on; each suite of tests works on a copy. */
export const freshPrefix = join(world, "prefix");
/** The drives C: of the tests that are running. */
export const prefixes = join(world, "prefixes");
/** NSIS with stand-ins for the plug-ins that Debian does not have. */
export const nsisFolder = join(world, "nsis");
/** Node for Windows, in the version that this project is built with. */
export const nodeFolder = join(world, "node");
export const nodeExe = join(nodeFolder, "bin", "node.exe");
/** Screenshots of the last run. */
export const pictures = join(world, "pictures");

/** How a program in Wine names a file of this machine: Z: is the whole file system. */
export function windowsPath(path: string): string {
  return `Z:${path.replaceAll("/", "\\")}`;
}
