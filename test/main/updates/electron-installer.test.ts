import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { AppImageUpdater } from "electron-updater";
import { describe, expect, it, onTestFinished, vi } from "vitest";
import { createElectronInstaller } from "../../../src-main/updates/index.ts";
import { PACKAGE_KINDS, type PackageKind, type Version } from "../../../src-shared/updates/index.ts";
import { temporaryFolder } from "../../fakes/temporary-folder.ts";

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

function setUp(kind: PackageKind = "appimage", name = "profile") {
  const folder = join(temporaryFolder(), name);
  mkdirSync(folder);
  const app = appOf(folder);
  const failures: string[] = [];
  const made: PackageKind[] = [];
  const installer = createElectronInstaller({
    kind,
    folder: join(folder, "installer"),
    createUpdater: async (requestedKind) => {
      made.push(requestedKind);
      return new AppImageUpdater(null, app);
    },
    end: () => void app.did.push("end"),
    failed: () => failures.push("failed"),
  });
  return { folder, app, failures, made, installer };
}

/** An AppImage that leaves a file when it is started, and the installed one that it replaces. */
function appImages(folder: string, version: string, name = "installed.AppImage") {
  const installed = join(folder, name);
  writeFileSync(installed, "the version that runs");
  const path = join(folder, `usb-video-vault-${version}.AppImage`);
  writeFileSync(path, `#!/bin/sh\necho ${version} > "$(dirname "$0")/started.txt"\n`);
  vi.stubEnv("APPIMAGE", installed);
  onTestFinished(() => void vi.unstubAllEnvs());
  const file = { length: readFileSync(path).length, sha256: "" };
  const calls = { isIntact: async () => true, waiting: () => undefined };
  return { installed, update: { path, file, version: version as Version, isOlder: false, ...calls } };
}

describe.skipIf(process.platform !== "linux")("the installer of AppImages", () => {
  it.each([
    ["2.0.0", false],
    ["0.9.0", true],
  ])("installs version %s over 1.0.0, and starts it", async (version, isOlder) => {
    const { folder, app, failures, installer } = setUp();
    const { installed, update } = appImages(folder, version);
    const content = readFileSync(update.path);
    const seen: string[] = [];
    const isIntact = async (copy: string) => {
      seen.push(copy);
      return readFileSync(copy).equals(content);
    };
    expect(await installer?.install({ ...update, isOlder, isIntact })).toEqual({ ok: true, value: undefined });
    expect(readFileSync(installed)).toEqual(content);
    await expect.poll(() => existsSync(join(folder, "started.txt"))).toBe(true);
    // The copy that the system gets is checked.
    expect(seen).toHaveLength(1);
    expect(seen[0]).toContain(join(folder, "cache"));
    expect(app.did).toEqual(["end"]);
    expect(failures).toEqual([]);
  });

  it.each([
    ["a space", "Anna Lund"],
    ["an accent", "Zoé"],
    ["an accent in two characters", "Zoe\u0301"],
    ["another script", "Документы 文档 مستندات"],
    ["quotation marks and signs of a shell", 'it\'s "$(touch evil)"; & `x` * %PATH% !'],
    ["an emoji", "films 🎬"],
    ["a line break", "two\nlines"],
    ["a percent sign", "100%25"],
  ])("installs where the user's folder has %s", async (_name, profile) => {
    const { folder, app, installer } = setUp("appimage", profile);
    const { installed, update } = appImages(folder, "2.0.0");
    const content = readFileSync(update.path);
    expect(await installer?.install(update)).toEqual({ ok: true, value: undefined });
    expect(readFileSync(installed)).toEqual(content);
    await expect.poll(() => existsSync(join(folder, "started.txt"))).toBe(true);
    expect(app.did).toEqual(["end"]);
  });

  it.each(["usb-video-vault-1.0.0.AppImage", "Ma vidéothèque 1.0.0 (copie).AppImage", "films"])(
    "keeps the name of the AppImage %s, which menus and links know",
    async (name) => {
      const { folder, installer } = setUp();
      const { installed, update } = appImages(folder, "2.0.0", name);
      const content = readFileSync(update.path);
      expect(await installer?.install(update)).toEqual({ ok: true, value: undefined });
      expect(readFileSync(installed)).toEqual(content);
      await expect.poll(() => existsSync(join(folder, "started.txt"))).toBe(true);
      expect(readdirSync(folder).filter((one) => one.endsWith("2.0.0.AppImage"))).toHaveLength(1);
    },
  );

  it("installs nothing older unless that was decided", async () => {
    const { folder, installer } = setUp();
    const { installed, update } = appImages(folder, "0.9.0");
    expect(await installer?.install(update)).toEqual({ ok: false, error: "NOT_INSTALLED" });
    expect(readFileSync(installed, "utf8")).toBe("the version that runs");
  });

  it("installs nothing if the copy is not what was verified", async () => {
    const { folder, app, installer } = setUp();
    const { installed, update } = appImages(folder, "2.0.0");
    const changed = { ...update, isIntact: async () => false };
    expect(await installer?.install(changed)).toEqual({ ok: false, error: "NOT_INSTALLED" });
    expect(readFileSync(installed, "utf8")).toBe("the version that runs");
    expect(app.did).toEqual([]);
  });

  it("reports that nothing was installed, and can be called again", async () => {
    const { folder, app, installer } = setUp();
    const { installed, update } = appImages(folder, "2.0.0");
    rmSync(installed);
    expect(await installer?.install(update)).toEqual({ ok: false, error: "NOT_INSTALLED" });
    expect(app.did).toEqual([]);
    writeFileSync(installed, "there again");
    expect(await installer?.install(update)).toEqual({ ok: true, value: undefined });
  });
});

describe("the installer", () => {
  it("is not loaded before it is needed", () => {
    expect(setUp().made).toEqual([]);
  });

  it("does not exist for packages that are replaced by hand, or that have their own installer", () => {
    const others = PACKAGE_KINDS.filter((kind) => {
      const options = { kind, folder: temporaryFolder(), end: () => undefined, failed: () => undefined };
      return createElectronInstaller(options) === undefined;
    });
    expect(others.toSorted()).toEqual(["deb", "portable", "tar.gz", "zip"]);
  });
});
