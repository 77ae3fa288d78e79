import { readdirSync, readFileSync, statSync } from "node:fs";
import { join } from "node:path";

/** What each stand-in for a part of the installer contains (build/windows/stand-ins/*.c). */
export const STAND_IN_MARK = "USB-VIDEO-VAULT-TEST-STAND-IN";

/** Where electron-builder would take NSIS and its plug-ins from, instead of downloading them. */
export const NSIS_VARIABLES = ["ELECTRON_BUILDER_NSIS_DIR", "ELECTRON_BUILDER_NSIS_RESOURCES_DIR"] as const;

/** Throws if this environment makes electron-builder use stand-ins: they are never part of a package for people. */
export function refuseStandIns(environment: Readonly<Record<string, string | undefined>>): void {
  for (const name of NSIS_VARIABLES) {
    const folder = environment[name];
    const found = folder === undefined ? undefined : standInBelow(folder);
    if (found !== undefined) throw new Error(`${found} is a stand-in for tests: a release refuses it (${name})`);
  }
}

function standInBelow(folder: string): string | undefined {
  const names = readdirSync(folder, { recursive: true, encoding: "utf8" });
  const files = names.map((name) => join(folder, name)).filter((path) => statSync(path).isFile());
  return files.find((path) => readFileSync(path).includes(STAND_IN_MARK));
}
