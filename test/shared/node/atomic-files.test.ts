import { chmod, mkdir, readdir, readFile, stat, symlink, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import {
  codeOf,
  removeFile,
  removeFolder,
  renameFile,
  retryWhileHeld,
  syncFolder,
  writeFileAtomic,
} from "../../../src-shared/node/atomic-files.ts";
import { temporaryFolder } from "../../fakes/temporary-folder.ts";

describe("an atomic write", () => {
  it("creates the file, or replaces it completely, and leaves nothing else", async () => {
    const folder = temporaryFolder();
    const path = join(folder, "ledger");
    await writeFileAtomic(path, "a long first content");
    await writeFileAtomic(path, Uint8Array.of(0x62));
    expect(await readFile(path, "utf8")).toBe("b");
    expect(await readdir(folder)).toEqual(["ledger"]);
  });

  it("sets the requested mode", async () => {
    const path = join(temporaryFolder(), "secret");
    await writeFileAtomic(path, "x", 0o600);
    expect((await stat(path)).mode & 0o777).toBe(0o600);
  });

  it("leaves the old file and no other if it fails", async () => {
    const folder = temporaryFolder();
    await mkdir(join(folder, "taken", "inside"), { recursive: true });
    await expect(writeFileAtomic(join(folder, "taken"), "x")).rejects.toThrow(/EISDIR|ENOTEMPTY|EEXIST/);
    expect(await readdir(folder)).toEqual(["taken"]);
  });

  it("throws the file system's own error if the folder does not exist", async () => {
    const folder = temporaryFolder();
    await expect(writeFileAtomic(join(folder, "gone", "x"), "x")).rejects.toMatchObject({ code: "ENOENT" });
  });

  it("replaces a link, and does not write through it", async () => {
    const folder = temporaryFolder();
    await writeFile(join(folder, "target"), "untouched");
    await symlink("target", join(folder, "link"));
    await writeFileAtomic(join(folder, "link"), "new");
    expect(await readFile(join(folder, "target"), "utf8")).toBe("untouched");
    expect(await readFile(join(folder, "link"), "utf8")).toBe("new");
  });

  it("never lets a reader see a partial file", async () => {
    const path = join(temporaryFolder(), "file");
    const contents = ["a", "b"].map((letter) => letter.repeat(300_000));
    await writeFileAtomic(path, contents[0] as string);
    const writing = { isDone: false };
    const done = (async () => {
      for (let i = 0; i < 20; i++) await writeFileAtomic(path, contents[i % 2] as string);
      writing.isDone = true;
    })();
    const seen = new Set<string>();
    while (!writing.isDone) seen.add(await readFile(path, "utf8"));
    await done;
    expect(seen.size).toBeGreaterThan(0);
    expect([...seen].every((text) => contents.includes(text))).toBe(true);
  });
});

describe("syncing a folder", () => {
  it("throws if the folder does not exist, and does nothing if it cannot be opened", async () => {
    const folder = temporaryFolder();
    await expect(syncFolder(join(folder, "gone"))).rejects.toMatchObject({ code: "ENOENT" });
    await chmod(folder, 0o700);
    await expect(syncFolder(folder)).resolves.toBeUndefined();
  });
});

describe("the code of an error", () => {
  it("is that of a file system error, and empty for everything else", async () => {
    expect(codeOf(Object.assign(new Error("x"), { code: "EIO" }))).toBe("EIO");
    expect(codeOf(new Error("x"))).toBe("");
    expect(codeOf({ code: "EIO" })).toBe("");
    expect(codeOf(Object.assign(new Error("x"), { code: 5 }))).toBe("");
  });
});

describe("work on a file that another program has open on Windows", () => {
  /** Refuses a few times, as Windows does while a virus scanner reads the file. */
  function held(times: number, code: string) {
    const work = {
      tries: 0,
      attempt: async () => {
        if (++work.tries <= times) throw Object.assign(new Error(code), { code });
        return "done";
      },
    };
    return work;
  }

  it.each(["EPERM", "EACCES", "EBUSY"])("is tried again while it is refused: %s", async (code) => {
    const work = held(5, code);
    expect(await retryWhileHeld(work.attempt, { platform: "win32" })).toBe("done");
    expect(work.tries).toBe(6);
  });

  it.each([
    ["in the end", "win32", Infinity, "EPERM", 5],
    ["at once for want of space", "win32", 1, "ENOSPC", 1],
    ["at once if the file is missing", "win32", 1, "ENOENT", 1],
    ["at once on other systems", "linux", 1, "EPERM", 1],
    ["at once on other systems", "darwin", 1, "EBUSY", 1],
  ] as const)("is given up %s: %s, %d, %s", async (_when, platform, times, code, leastTries) => {
    const work = held(times, code);
    await expect(retryWhileHeld(work.attempt, { platform, patience: 300 })).rejects.toMatchObject({ code });
    expect(work.tries).toBeGreaterThanOrEqual(leastTries);
    if (leastTries === 1) expect(work.tries).toBe(1);
  });

  it("is tried again for the listed reasons only", async () => {
    const work = held(1, "EPERM");
    const how = { platform: "win32", codes: ["EBUSY"] } as const;
    await expect(retryWhileHeld(work.attempt, how)).rejects.toMatchObject({ code: "EPERM" });
  });
});

describe("renaming and removing", () => {
  it("moves a file or a folder, and removes what is there", async () => {
    const folder = temporaryFolder();
    await mkdir(join(folder, "a", "inside"), { recursive: true });
    await writeFile(join(folder, "file"), "x");
    await renameFile(join(folder, "file"), join(folder, "a", "file"));
    await renameFile(join(folder, "a"), join(folder, "b"));
    await removeFile(join(folder, "b", "file"));
    await removeFile(join(folder, "b", "file"));
    expect(await readdir(join(folder, "b"))).toEqual(["inside"]);
    await expect(removeFile(join(folder, "b"))).rejects.toMatchObject({ code: "EISDIR" });
    await removeFolder(join(folder, "b"));
    await removeFolder(join(folder, "b"));
    expect(await readdir(folder)).toEqual([]);
  });
});
