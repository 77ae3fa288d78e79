import { execFileSync } from "node:child_process";
import { chmodSync, cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { projectRoot } from "../electron-runtime.ts";
import { importedByTools, stageTools } from "./tools-stage.ts";

const NODE = ">=24";

/**
 * Makes the package of `vaultctl` that `npm install --global` takes. It contains the packages that it needs, so nothing
 * else is downloaded when it is installed.
 *
 * @returns path of the package
 */
export function makeVaultctl(version: string, outFolder: string): string {
  const stage = mkdtempSync(join(tmpdir(), "uvv-vaultctl-"));
  try {
    stageTools(stage);
    const imported = importedByTools();
    const { description, license, author, dependencies } = packageFile();
    const needed = Object.fromEntries(imported.map((name) => [name, versionOf(name, dependencies)]));
    const about = {
      name: "vaultctl",
      version,
      description: `${description} The publisher's command line.`,
      license,
      author,
      type: "module",
      bin: { vaultctl: "bin/vaultctl.mjs" },
      engines: { node: NODE },
      dependencies: needed,
      bundleDependencies: imported,
    };
    writeFileSync(join(stage, "package.json"), `${JSON.stringify(about, null, 2)}\n`);
    mkdirSync(join(stage, "bin"));
    cpSync(join(import.meta.dirname, "vaultctl.mjs"), join(stage, "bin", "vaultctl.mjs"));
    chmodSync(join(stage, "bin", "vaultctl.mjs"), 0o755);
    execFileSync("npm", ["pack", "--ignore-scripts", "--pack-destination", outFolder], {
      cwd: stage,
      stdio: ["ignore", "ignore", "pipe"],
    });
    return join(outFolder, `vaultctl-${version}.tgz`);
  } finally {
    rmSync(stage, { recursive: true, force: true });
  }
}

function versionOf(name: string, dependencies: Readonly<Record<string, string>>): string {
  const version = dependencies[name];
  if (version === undefined)
    throw new Error(`the tools import ${name}, which package.json does not name as a dependency`);
  return version;
}

function packageFile() {
  return JSON.parse(readFileSync(join(projectRoot, "package.json"), "utf8")) as {
    description: string;
    license: string;
    author: string;
    dependencies: Record<string, string>;
  };
}
