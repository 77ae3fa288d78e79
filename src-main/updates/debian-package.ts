import { spawnSync } from "node:child_process";
import type { Version } from "../../src-shared/updates/index.ts";

/**
 * Whether the package in a file is now installed in this version. electron-updater treats a failed `dpkg` as a success
 * if `apt-get` had nothing to repair.
 */
export function isDebianPackageInstalled(file: string, version: Version): boolean {
  const name = output("dpkg-deb", ["--field", file, "Package"]);
  if (name === undefined || !/^[a-z0-9][a-z0-9+.-]+$/.test(name)) return false;
  const status = output("dpkg-query", ["--show", "--showformat", "${db:Status-Status} ${Version}", name]);
  return status === `installed ${version}`;
}

function output(program: string, args: readonly string[]): string | undefined {
  const { status, stdout } = spawnSync(program, args, { encoding: "utf8" });
  return status === 0 ? stdout.trim() : undefined;
}
