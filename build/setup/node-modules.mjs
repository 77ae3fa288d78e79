import { spawnSync } from "node:child_process";
import { createHash } from "node:crypto";
import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { say } from "./say.mjs";

export const root = join(import.meta.dirname, "..", "..");

const os = process.platform === "win32" ? "win" : process.platform;
const executable = process.platform === "win32" ? "node.exe" : "node";

/** Node 24 from the lockfile; or the system's Node, if it is new enough and npm has no package for this platform. */
export const node24 = join(root, "node_modules", `node-${os}-${process.arch}`, "bin", executable);

export function installNodeModules() {
  const lock = createHash("sha256")
    .update(readFileSync(join(root, "package-lock.json")))
    .digest("hex");
  const stamp = join(root, "node_modules", ".installed-lock");
  if (!existsSync(stamp) || readFileSync(stamp, "utf8") !== lock) {
    say("installing the locked npm packages");
    // On Windows npm is a script, which needs a shell; all arguments are constants.
    const npm = spawnSync("npm", ["ci", "--no-audit", "--no-fund", "--loglevel=error"], {
      cwd: root,
      stdio: ["ignore", 2, 2],
      shell: process.platform === "win32",
    });
    if (npm.status !== 0) throw new Error("npm ci failed; see its output above");
    writeFileSync(stamp, lock);
  }
  if (!existsSync(node24) && Number(process.versions.node.split(".")[0]) < 24) {
    throw new Error(`npm has no Node 24 for ${process.platform}-${process.arch}: install Node 24 and run again`);
  }
}
