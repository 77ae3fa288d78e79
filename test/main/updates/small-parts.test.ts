import { mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
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
  ] as const)("of %s (waiting: %s) comes in %i seconds", (ring, isPending, seconds) => {
    expect(pollDelay(ring, isPending, Math.random)).toBe(seconds);
  });

  it("of everyone else comes in about four hours, not at the same moment", () => {
    expect(
      [0, 0.5, 1].map((random) => pollDelay("ga", false, () => random)).map((seconds) => Math.round(seconds)),
    ).toEqual([12_960, 14_400, 15_840]);
  });
});

describe("what the app was installed from", () => {
  const here = { platform: "linux", arch: "x64", resources: "/nowhere", environment: {} };

  it.each([
    [{}, { platform: "linux", arch: "x64", kind: "tar.gz" }],
    [{ environment: { APPIMAGE: "/a" } }, { kind: "appimage" }],
    [{ platform: "win32" }, { platform: "win32", kind: "nsis" }],
    [{ platform: "win32", environment: { PORTABLE_EXECUTABLE_DIR: "C:\\" } }, { kind: "portable" }],
    [
      { platform: "darwin", arch: "arm64" },
      { platform: "darwin", arch: "arm64", kind: "zip" },
    ],
  ])("%j", (changes, expected) => {
    expect(packageTargetOf({ ...here, ...changes })).toMatchObject(expected);
  });

  it("is a Debian package where its file says so, and nothing on a system without packages", () => {
    const resources = temporaryFolder();
    writeFileSync(join(resources, "package-type"), "deb\n");
    expect(packageTargetOf({ ...here, resources })).toMatchObject({ kind: "deb" });
    writeFileSync(join(resources, "package-type"), "rpm");
    expect(packageTargetOf({ ...here, resources })).toMatchObject({ kind: "tar.gz" });
    expect(packageTargetOf({ ...here, platform: "freebsd" })).toBeUndefined();
    expect(packageTargetOf({ ...here, arch: "ia32" })).toBeUndefined();
  });
});

describe("what waits", () => {
  const file = (sha256: string) =>
    ({ ...buildFile(), path: `builds/build-2/${sha256}.deb`, length: 1, sha256 }) as ListedFile;

  it("is alone, or nothing is", async () => {
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
  it.each(["", "{", "[]", '{"rolledBack":"x"}', '{"rolledBack":["../x"]}'])("begins anew from %j", async (text) => {
    const path = join(temporaryFolder(), "updates.json");
    writeFileSync(path, text);
    const memory = openUpdateMemory(path);
    expect(memory.rolledBack().size).toBe(0);
    expect(memory.flags()).toEqual({});
    expect(await memory.pin("build-2" as BuildId)).toEqual({ ok: true, value: undefined });
    expect([...openUpdateMemory(path).rolledBack()]).toEqual(["build-2"]);
  });

  it("holds the last hundred rollbacks, each once, and says when it cannot be written", async () => {
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
