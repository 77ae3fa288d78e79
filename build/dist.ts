// `npm run dist`: writes the packages that this machine can build into dist/, with a bill of materials and checksums.
import { createHash } from "node:crypto";
import { execFileSync } from "node:child_process";
import { chmodSync, createReadStream, mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { rm } from "node:fs/promises";
import { join } from "node:path";
import { pipeline } from "node:stream/promises";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import { path7za } from "7zip-bin";
import { Arch, build, type CliOptions, Platform } from "electron-builder";
import { buildApp } from "./build-app.ts";
import { type ElectronRuntime, projectRoot, readElectronRuntime } from "./electron-runtime.ts";
import { makeDeb } from "./packaging/debian.ts";
import { makeRingServerDeb } from "./packaging/ring-server-deb.ts";
import { composeSbom } from "./packaging/sbom.ts";
import { packagesOfTools } from "./packaging/tools-stage.ts";
import { makeVaultctl } from "./packaging/vaultctl.ts";
import { repackagedElectron } from "./setup/repackaged-electron.mjs";
import { refuseStandIns } from "./windows/stand-ins.ts";

export type DistOptions = {
  /** Refuses development roots and the fallback Electron. */
  readonly release?: boolean;
  /** Folder of the publisher's public keys. */
  readonly profile?: string;
  /** Instead of the version in package.json: the tests of updating need two versions. */
  readonly version?: string;
  readonly outFolder?: string;
  /** Which packages; by default all that can be built here. */
  readonly kinds?: readonly Kind[];
};
/** `win-installer` needs Windows, or what `npm run windows` makes. */
export type Kind = "deb" | "tar.gz" | "win-zip" | "win-installer" | "vaultctl" | "ring-server";

const HERE: readonly Kind[] =
  process.platform === "linux" ? ["deb", "tar.gz", "win-zip", "vaultctl", "ring-server"] : ["vaultctl"];

/** Builds the app and its packages. Resolves with the paths of the packages. */
export async function makePackages({
  release = false,
  profile,
  kinds = HERE,
  ...options
}: DistOptions): Promise<string[]> {
  if (release) refuseStandIns(process.env);
  const runtime = readElectronRuntime();
  const version = options.version ?? packageVersion();
  const outFolder = options.outFolder ?? join(projectRoot, "dist");
  const settings = { version, release, outFolder };
  const shipped = await buildApp({ release, ...(profile === undefined ? {} : { profile }) });
  rmSync(outFolder, { recursive: true, force: true });
  mkdirSync(outFolder, { recursive: true });
  const made: string[] = [];
  if (kinds.includes("deb") || kinds.includes("tar.gz")) {
    const unpacked = await pack("linux", "dir", runtime, settings);
    if (kinds.includes("tar.gz")) made.push(makeTarball(unpacked, version, outFolder));
    if (kinds.includes("deb")) made.push(makeDeb(unpacked, version, outFolder));
  }
  if (kinds.includes("win-zip")) {
    await pack("win32", "zip", runtime, settings);
    made.push(join(outFolder, `usb-video-vault-${version}-win-x64.zip`));
  }
  if (kinds.includes("win-installer")) {
    await pack("win32", "nsis", runtime, settings);
    made.push(join(outFolder, `usb-video-vault-${version}-win-x64.exe`));
  }
  if (kinds.includes("vaultctl")) made.push(makeVaultctl(version, outFolder));
  if (kinds.includes("ring-server")) made.push(makeRingServerDeb(version, outFolder));
  const sbom = join(outFolder, `usb-video-vault-${version}.cdx.json`);
  writeFileSync(sbom, composeSbom(new Set([...shipped, ...packagesOfTools()]), runtime.version));
  await writeChecksums([...made, sbom], outFolder);
  return [...made, sbom];
}

function packageVersion(): string {
  return (JSON.parse(readFileSync(join(projectRoot, "package.json"), "utf8")) as { version: string }).version;
}

/** Builds one target with electron-builder; returns the folder of the unpacked app. */
async function pack(
  platform: "linux" | "win32",
  target: "dir" | "zip" | "nsis",
  { executable, version: electronVersion, origin }: ElectronRuntime,
  { version, release, outFolder }: Required<Pick<DistOptions, "version" | "release" | "outFolder">>,
): Promise<string> {
  // electron-builder would download it otherwise. npm runs no install script here, so the executable bit is set below.
  chmodSync(path7za, 0o755);
  process.env["ELECTRON_BUILDER_7ZIP_PATH"] = path7za;
  const isFallback = origin === "fallback";
  const electronDist = isFallback ? repackagedElectron(platform) : join(executable, "..");
  const isHere = platform === process.platform;
  const options: CliOptions = {
    targets: (platform === "linux" ? Platform.LINUX : Platform.WINDOWS).createTarget(target, Arch.x64),
    projectDir: projectRoot,
    publish: "never",
    config: {
      extends: join(projectRoot, "electron-builder.yml"),
      directories: { output: outFolder, buildResources: join(projectRoot, "build", "icons") },
      extraMetadata: { version },
      electronVersion,
      // Packages for tests are built fast, packages for users are built small.
      compression: release ? "normal" : "store",
      // Electron's welcome page: not part of the app.
      afterPack: ({ appOutDir }) => rm(join(appOutDir, "resources", "default_app.asar"), { force: true }),
      // The official binary of another platform comes from electron-builder's own download.
      ...(isFallback || isHere ? { electronDist } : {}),
    },
  };
  await build(options);
  return join(outFolder, platform === "linux" ? "linux-unpacked" : "win-unpacked");
}

function makeTarball(unpacked: string, version: string, outFolder: string): string {
  const tarball = join(outFolder, `usb-video-vault-${version}-linux-x64.tar.gz`);
  const inside = `--transform=s,^\\.,usb-video-vault-${version},`;
  execFileSync("tar", ["-czf", tarball, inside, "--owner=0", "--group=0", "-C", unpacked, "."]);
  return tarball;
}

async function writeChecksums(files: readonly string[], outFolder: string): Promise<void> {
  const lines: string[] = [];
  for (const file of files) {
    const hash = createHash("sha256");
    await pipeline(createReadStream(file), hash);
    lines.push(`${hash.digest("hex")}  ${file.slice(outFolder.length + 1)}\n`);
  }
  writeFileSync(join(outFolder, "SHA256SUMS"), lines.join(""));
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const { values } = parseArgs({
    options: { release: { type: "boolean" }, profile: { type: "string" }, version: { type: "string" } },
  });
  const made = await makePackages(values);
  process.stdout.write(`${made.join("\n")}\n`);
}
