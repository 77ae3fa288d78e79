import { execFileSync, spawnSync } from "node:child_process";
import { createHash, randomBytes } from "node:crypto";
import { chmodSync, mkdirSync, mkdtempSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";

export type ProbePackage = {
  readonly name: string;
  readonly version: string;
  readonly architecture?: string;
  /** Script that runs as root before the files are unpacked. */
  readonly preinst?: string;
};

/** Makes a real Debian package that installs `<folder>/installed.txt` with its version as the text. */
export function makeProbePackage(folder: string, { name, version, architecture = "amd64", preinst }: ProbePackage) {
  const tree = mkdtempSync(join(folder, "tree-"));
  mkdirSync(join(tree, "DEBIAN"));
  const control = { Package: name, Version: version, Architecture: architecture, Description: "A probe" };
  const lines = Object.entries({ ...control, Maintainer: "Tests <tests@example.org>" });
  writeFileSync(join(tree, "DEBIAN", "control"), lines.map(([key, value]) => `${key}: ${value}\n`).join(""));
  if (preinst !== undefined) writeFileSync(join(tree, "DEBIAN", "preinst"), preinst, { mode: 0o755 });
  mkdirSync(join(tree, folder), { recursive: true });
  writeFileSync(join(tree, folder, "installed.txt"), version);
  // Two packages of one version that are made in the same second differ too.
  writeFileSync(join(tree, folder, "nonce.txt"), randomBytes(16));
  for (const path of [tree, join(tree, "DEBIAN")]) chmodSync(path, 0o755);
  const path = join(tree, `${name}_${version}.deb`);
  execFileSync("dpkg-deb", ["-Znone", "--build", "--root-owner-group", tree, path], { stdio: "ignore" });
  const content = readFileSync(path);
  return { path, length: content.length, sha256: createHash("sha256").update(content).digest("hex") };
}

/** The version of an installed package; empty if it is not installed. */
export function installedVersionOf(name: string): string {
  const status = ["--show", "--showformat", "${db:Status-Status} ${Version}", name];
  return /^installed (.*)/.exec(spawnSync("dpkg-query", status, { encoding: "utf8" }).stdout)?.[1] ?? "";
}
