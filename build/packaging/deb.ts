import { execFileSync } from "node:child_process";
import { chmodSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";

export const ARCHITECTURE = "amd64";

/**
 * Makes a package with Debian's `dpkg-deb`. Written by hand because the usual tools are downloaded at build time, or do not
 * support a file association.
 *
 * @param layOut puts the content of the package into an empty folder, with `DEBIAN/control`
 * @returns path of the package
 */
export function buildDeb(name: string, version: string, outFolder: string, layOut: (stage: string) => void): string {
  const stage = mkdtempSync(join(tmpdir(), "uvv-deb-"));
  try {
    layOut(stage);
    // Whatever the umask is.
    execFileSync("find", [stage, "-type", "d", "-exec", "chmod", "755", "{}", "+"]);
    const deb = join(outFolder, `${name}_${version}_${ARCHITECTURE}.deb`);
    execFileSync("dpkg-deb", ["--build", "--root-owner-group", "-Zgzip", "-z6", stage, deb], { stdio: "ignore" });
    return deb;
  } finally {
    rmSync(stage, { recursive: true, force: true });
  }
}

/** Writes a file into the package, with this mode whatever the umask is. */
export function putFile(stage: string, path: string, content: string | Uint8Array, mode = 0o644): void {
  const file = join(stage, path);
  mkdirSync(dirname(file), { recursive: true });
  writeFileSync(file, content);
  chmodSync(file, mode);
}

/** `Installed-Size` of what is in a folder. */
export function kibibytesIn(folder: string): string {
  return execFileSync("du", ["-sk", "--apparent-size", folder], { encoding: "utf8" }).split("\t")[0] ?? "";
}
