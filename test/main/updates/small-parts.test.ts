import { cpSync, mkdirSync, readdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { packageTargetOf, openPendingFiles, openUpdateMemory, pollDelay } from "../../../src-main/updates/index.ts";
import type { BuildId, ListedFile } from "../../../src-shared/updates/index.ts";
import { temporaryFolder } from "../../fakes/temporary-folder.ts";
import { buildFile } from "../../shared/updates/documents.ts";

describe("the next check", () => {
  it.each([
    ["ring0", false, 60],
    ["ring1", false, 60],
    ["ga", true, 60],
  ] as const)("of %s (waiting: %s) follows in %i seconds", (ring, isPending, seconds) => {
    expect(pollDelay(ring, isPending, Math.random)).toBe(seconds);
  });

  it("of everyone else follows in about four hours, at different times", () => {
    expect(
      [0, 0.5, 1].map((random) => pollDelay("ga", false, () => random)).map((seconds) => Math.round(seconds)),
    ).toEqual([12_960, 14_400, 15_840]);
  });
});

describe("the kind of package", () => {
  const here = { platform: "linux", arch: "x64", resources: "/nowhere", environment: {} };

  it.each([
    [{}, { platform: "linux", arch: "x64", kind: "tar.gz" }],
    [{ environment: { APPIMAGE: "/a" } }, { kind: "appimage" }],
    [{ platform: "win32" }, { platform: "win32", kind: "zip" }],
    [{ platform: "win32", environment: { PORTABLE_EXECUTABLE_DIR: "C:\\" } }, { kind: "portable" }],
    [
      { platform: "darwin", arch: "arm64" },
      { platform: "darwin", arch: "arm64", kind: "zip" },
    ],
  ])("%j", (changes, expected) => {
    expect(packageTargetOf({ ...here, ...changes })).toMatchObject(expected);
  });

  it.each(["Anna Lund", "Élodie Côté", "王小明"])("is NSIS in the very folder in which %s installed it", (user) => {
    const app = join(temporaryFolder(), user, "usb-video-vault");
    const resources = join(app, "resources");
    mkdirSync(resources, { recursive: true });
    const windows = { ...here, platform: "win32", resources };
    expect(packageTargetOf(windows)).toMatchObject({ kind: "zip" });
    // As NSIS writes it.
    const text = Buffer.from(`\uFEFFnsis\r\n${app}\r\n`, "utf16le");
    writeFileSync(join(resources, "package-type"), text);
    expect(packageTargetOf(windows)).toMatchObject({ kind: "nsis" });
    const link = `${app}-link`;
    symlinkSync(app, link);
    expect(packageTargetOf({ ...windows, resources: join(link, "resources") })).toMatchObject({ kind: "nsis" });

    const copy = join(temporaryFolder(), "copy");
    cpSync(app, copy, { recursive: true });
    const copied = { ...windows, resources: join(copy, "resources") };
    expect(packageTargetOf(copied)).toMatchObject({ kind: "zip" });
    rmSync(app, { recursive: true });
    expect(packageTargetOf(copied)).toMatchObject({ kind: "zip" });
  });

  it("is no NSIS package if its file names no folder", () => {
    const resources = join(temporaryFolder(), "resources");
    mkdirSync(resources);
    for (const text of ["nsis", "nsis\n", "deb", ""]) {
      writeFileSync(join(resources, "package-type"), text);
      expect(packageTargetOf({ ...here, platform: "win32", resources })).toMatchObject({ kind: "zip" });
    }
  });

  it("is a Debian package if its file says so, and unknown on a system without packages", () => {
    const resources = temporaryFolder();
    writeFileSync(join(resources, "package-type"), "deb\n");
    expect(packageTargetOf({ ...here, resources })).toMatchObject({ kind: "deb" });
    writeFileSync(join(resources, "package-type"), "rpm");
    expect(packageTargetOf({ ...here, resources })).toMatchObject({ kind: "tar.gz" });
    expect(packageTargetOf({ ...here, platform: "freebsd" })).toBeUndefined();
    expect(packageTargetOf({ ...here, arch: "ia32" })).toBeUndefined();
  });
});

describe("the waiting files", () => {
  const file = (sha256: string) =>
    ({ ...buildFile(), path: `builds/build-2/${sha256}.deb`, length: 1, sha256 }) as ListedFile;

  it("contain only the waiting update, or nothing", async () => {
    const folder = temporaryFolder();
    const pending = openPendingFiles(folder);
    expect(pending.pathOf(file("aa"))).toBe(join(folder, "aa", "aa.deb"));
    for (const name of ["aa", "bb"]) mkdirSync(join(folder, name));
    writeFileSync(join(folder, "cc.part"), "half");
    writeFileSync(join(folder, "aa", "aa.deb.12ab.part"), "half");
    writeFileSync(join(folder, "aa", "aa.deb"), "whole");
    await pending.keepOnly(file("aa"));
    expect(readdirSync(folder)).toEqual(["aa"]);
    expect(readdirSync(join(folder, "aa"))).toEqual(["aa.deb"]);
    await pending.keepOnly(undefined);
    expect(readdirSync(folder)).toEqual([]);
    await openPendingFiles(join(folder, "nowhere")).keepOnly(undefined);
  });
});

describe("the memory of updates", () => {
  it.each(["", "{", "[]", '{"rolledBack":"x"}', '{"rolledBack":["../x"]}'])("starts empty from %j", async (text) => {
    const path = join(temporaryFolder(), "updates.json");
    writeFileSync(path, text);
    const memory = openUpdateMemory(path);
    expect(memory.rolledBack().size).toBe(0);
    expect(memory.flags()).toEqual({});
    expect(await memory.pin("build-2" as BuildId)).toEqual({ ok: true, value: undefined });
    expect([...openUpdateMemory(path).rolledBack()]).toEqual(["build-2"]);
  });

  it("keeps the last hundred rollbacks, each once, and reports when it cannot be written", async () => {
    const folder = temporaryFolder();
    const memory = openUpdateMemory(join(folder, "updates.json"));
    for (let i = 0; i < 105; i++) await memory.pin(`build-${i}` as BuildId);
    await memory.pin("build-50" as BuildId);
    expect(memory.rolledBack().size).toBe(100);
    expect([...memory.rolledBack()].at(-1)).toBe("build-50");
    expect(readFileSync(join(folder, "updates.json"), "utf8")).not.toContain('"build-4"');
    writeFileSync(join(folder, "file"), "");
    const nowhere = openUpdateMemory(join(folder, "file", "updates.json"));
    expect(await nowhere.setFlags({ a: true })).toEqual({ ok: false, error: "NOT_WRITTEN" });
  });
});
