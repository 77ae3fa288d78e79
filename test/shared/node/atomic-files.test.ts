import { chmod, mkdir, readdir, readFile, rename, stat, symlink, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { codeOf, renameFile, syncFolder, writeFileAtomic } from "../../../src-shared/node/atomic-files.ts";
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

describe("a rename", () => {
  /** Refuses a few times, as Windows does while a virus scanner reads the file. */
  function held(times: number, code: string) {
    let left = times;
    return async (from: string, to: string) => {
      if (left-- > 0) throw Object.assign(new Error(code), { code });
      await rename(from, to);
    };
  }
  const files = async () => {
    const folder = temporaryFolder();
    await writeFile(join(folder, "new"), "x");
    return [join(folder, "new"), join(folder, "file")] as const;
  };

  it.each(["EPERM", "EACCES", "EBUSY"])("is tried again on Windows while the file is held: %s", async (code) => {
    const [from, to] = await files();
    await renameFile(from, to, { attempt: held(3, code) as typeof rename, platform: "win32" });
    expect(await readFile(to, "utf8")).toBe("x");
  });

  it("is given up in the end, and at once for any other reason or system", async () => {
    const [from, to] = await files();
    const tries: [NodeJS.Platform, number, string][] = [
      ["win32", 1_000, "EPERM"],
      ["win32", 1, "ENOSPC"],
      ["linux", 1, "EPERM"],
    ];
    for (const [platform, times, code] of tries) {
      const attempt = held(times, code) as typeof rename;
      await expect(renameFile(from, to, { attempt, platform })).rejects.toMatchObject({ code });
    }
  });
});
