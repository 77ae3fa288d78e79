import { execFileSync, spawnSync } from "node:child_process";
import { chmodSync, existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { DebUpdater } from "electron-updater";
import { describe, expect, it, onTestFinished } from "vitest";
import { createElectronInstaller } from "../../../src-main/updates/index.ts";
import { PACKAGE_KINDS, type PackageKind, type Version } from "../../../src-shared/updates/index.ts";
import { temporaryFolder } from "../../fakes/temporary-folder.ts";

const PACKAGE = "uvv-update-probe";

/** A real package that puts one file into a folder of the test. */
function debianPackage(folder: string, version: string): string {
  const tree = join(folder, `tree-${version}`);
  mkdirSync(join(tree, "DEBIAN"), { recursive: true });
  const control = { Package: PACKAGE, Version: version, Architecture: "all", Maintainer: "Tests <tests@example.org>" };
  const lines = Object.entries({ ...control, Description: "A probe" }).map(([name, value]) => `${name}: ${value}\n`);
  writeFileSync(join(tree, "DEBIAN", "control"), lines.join(""));
  mkdirSync(join(tree, folder), { recursive: true });
  writeFileSync(join(tree, folder, "installed.txt"), version);
  chmodSync(join(tree, "DEBIAN"), 0o755);
  const file = join(folder, `${PACKAGE}_${version}.deb`);
  execFileSync("dpkg-deb", ["--build", "--root-owner-group", tree, file], { stdio: "ignore" });
  return file;
}

/** An app as electron-updater sees one, in version 1.0.0. */
function appOf(folder: string) {
  const did: string[] = [];
  return {
    did,
    version: "1.0.0",
    name: "usb-video-vault",
    isPackaged: false,
    appUpdateConfigPath: join(folder, "none.yml"),
    userDataPath: folder,
    baseCachePath: join(folder, "cache"),
    whenReady: () => Promise.resolve(),
    relaunch: () => void did.push("relaunch by electron-updater"),
    quit: () => void did.push("quit by electron-updater"),
    onQuit: () => void did.push("waits for the end"),
  };
}

function setUp(kind: PackageKind = "deb") {
  const folder = temporaryFolder();
  const app = appOf(folder);
  const failures: string[] = [];
  const made: PackageKind[] = [];
  const installer = createElectronInstaller({
    kind,
    folder: join(folder, "installer"),
    createUpdater: async (requestedKind) => {
      made.push(requestedKind);
      return new DebUpdater(null, app);
    },
    restart: (again) => void app.did.push(again ? "restart" : "end"),
    failed: () => failures.push("failed"),
  });
  return { folder, app, failures, made, installer };
}

const canInstall = process.getuid?.() === 0 && spawnSync("which", ["dpkg", "dpkg-deb"]).status === 0;

describe.skipIf(!canInstall)("the installer of Debian packages, with the real dpkg", () => {
  it.each([
    ["2.0.0", false],
    ["0.9.0", true],
  ])("installs version %s over 1.0.0", async (version, isOlder) => {
    const { folder, app, failures, installer } = setUp();
    onTestFinished(() => void spawnSync("dpkg", ["--purge", PACKAGE]));
    const path = debianPackage(folder, version);
    const seen: string[] = [];
    const isIntact = async (copy: string) => {
      seen.push(copy);
      return readFileSync(copy).equals(readFileSync(path));
    };
    const installed = await installer?.install({ path, version: version as Version, isOlder, isIntact });
    expect(installed).toEqual({ ok: true, value: undefined });
    expect(readFileSync(join(folder, "installed.txt"), "utf8")).toBe(version);
    expect(execFileSync("dpkg-query", ["-W", "-f", "${Version}", PACKAGE], { encoding: "utf8" })).toBe(version);
    // What is asked about is the copy that the system is given, and the app starts again.
    expect(seen).toHaveLength(1);
    expect(seen[0]).toContain(join(folder, "cache"));
    expect(app.did).toEqual(["restart"]);
    expect(failures).toEqual([]);
  });

  it("installs nothing older when that was not decided", async () => {
    const { folder, installer } = setUp();
    const path = debianPackage(folder, "0.9.0");
    const update = { path, version: "0.9.0" as Version, isOlder: false, isIntact: async () => true };
    expect(await installer?.install(update)).toEqual({ ok: false, error: "NOT_INSTALLED" });
    expect(existsSync(join(folder, "installed.txt"))).toBe(false);
  });

  it("installs nothing when the copy is not what was verified", async () => {
    const { folder, app, installer } = setUp();
    const path = debianPackage(folder, "2.0.0");
    const update = { path, version: "2.0.0" as Version, isOlder: false, isIntact: async () => false };
    expect(await installer?.install(update)).toEqual({ ok: false, error: "NOT_INSTALLED" });
    expect(existsSync(join(folder, "installed.txt"))).toBe(false);
    expect(app.did).toEqual([]);
  });

  it("says that dpkg failed, and can be asked again", async () => {
    const { folder, app, installer } = setUp();
    onTestFinished(() => void spawnSync("dpkg", ["--purge", PACKAGE]));
    const broken = join(folder, `${PACKAGE}_2.0.0.deb`);
    writeFileSync(broken, "no package");
    const update = { path: broken, version: "2.0.0" as Version, isOlder: false, isIntact: async () => true };
    expect(await installer?.install(update)).toEqual({ ok: false, error: "NOT_INSTALLED" });
    expect(app.did).toEqual([]);
    const whole = debianPackage(folder, "2.0.0");
    expect(await installer?.install({ ...update, path: whole })).toEqual({ ok: true, value: undefined });
  });
});

describe("the installer", () => {
  it("is not loaded before it is needed", () => {
    expect(setUp().made).toEqual([]);
  });

  it("is none for packages that are replaced by hand", () => {
    const byHand = PACKAGE_KINDS.filter((kind) => {
      const options = { kind, folder: temporaryFolder(), restart: () => undefined, failed: () => undefined };
      return ["portable", "tar.gz", "zip"].includes(kind) && createElectronInstaller(options) === undefined;
    });
    expect(byHand).toEqual(["tar.gz", "portable", "zip"]);
  });
});
