import { execFileSync } from "node:child_process";
import type { readSync } from "node:fs";
import { mkdir, rename, rm, symlink, truncate, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { openPartFiles } from "../../../src-shared/node/part-files.ts";
import { openPlainFile, readSmallFile } from "../../../src-shared/node/plain-files.ts";
import { err } from "../../../src-shared/result.ts";
import { temporaryFolder } from "../../fakes/temporary-folder.ts";

const sizes = [10, 7, 1, 5];
const content = Buffer.from("0123456789abcdefgXhijkl");

async function writeParts() {
  const folder = temporaryFolder();
  let at = 0;
  const parts = sizes.map((size, i) => ({ path: join(folder, `00${i}`), size }));
  for (const { path, size } of parts) {
    await writeFile(path, content.subarray(at, at + size));
    at += size;
  }
  return { folder, parts, second: join(folder, "001") };
}

describe("a file in parts", () => {
  it("is read as one file, at any offset and length", async () => {
    const { parts } = await writeParts();
    const files = await openPartFiles(parts);
    if (!files.ok) throw new Error(files.error);
    expect(files.value.size).toBe(content.length);
    for (let from = 0; from <= content.length; from++) {
      for (let to = from; to <= content.length; to++) {
        const range = await files.value.read(from, to - from);
        expect(range.ok && Buffer.from(range.value).toString()).toBe(content.subarray(from, to).toString());
      }
    }
    await files.value.close();
  });

  it.each([
    ["is missing", "GONE", async (path: string) => rm(path)],
    ["is a byte short", "CHANGED", async (path: string) => truncate(path, 6)],
    ["is a byte too long", "CHANGED", async (path: string) => truncate(path, 8)],
    ["is empty", "CHANGED", async (path: string) => truncate(path, 0)],
    ["is a folder", "CHANGED", async (path: string) => rm(path).then(() => mkdir(path))],
    [
      "is a link to the part itself",
      "CHANGED",
      async (path: string) => rename(path, `${path}x`).then(() => symlink(`${path}x`, path)),
    ],
    ["is a link to nothing", "CHANGED", async (path: string) => rm(path).then(() => symlink("nowhere", path))],
    ["is a link to itself", "CHANGED", async (path: string) => rm(path).then(() => symlink(path, path))],
    [
      "is a pipe without a writer",
      "CHANGED",
      async (path: string) => rm(path).then(() => void execFileSync("mkfifo", [path])),
    ],
    [
      "is below a file instead of a folder",
      "GONE",
      async (path: string) => rm(join(path, ".."), { recursive: true }).then(() => writeFile(join(path, ".."), "")),
    ],
  ])("is not opened if a part %s: %s", async (_name, error, damage) => {
    const { parts, second } = await writeParts();
    await damage(second);
    expect(await openPartFiles(parts)).toEqual(err(error));
  });

  it("returns CHANGED if a part is truncated after it was opened", async () => {
    const { parts, second } = await writeParts();
    const files = await openPartFiles(parts);
    if (!files.ok) throw new Error(files.error);
    await truncate(second, 3);
    expect(await files.value.read(12, 3)).toEqual(err("CHANGED"));
    expect((await files.value.read(10, 3)).ok).toBe(true);
    await files.value.close();
  });

  it("returns CHANGED beyond its end, and GONE after it was closed", async () => {
    const { parts } = await writeParts();
    const files = await openPartFiles(parts);
    if (!files.ok) throw new Error(files.error);
    expect(await files.value.read(content.length - 1, 2)).toEqual(err("CHANGED"));
    await files.value.close();
    expect(await files.value.read(0, 1)).toEqual(err("GONE"));
  });

  it("keeps reading a part that was unlinked: the open handle counts, not the name", async () => {
    const { parts, second } = await writeParts();
    const files = await openPartFiles(parts);
    if (!files.ok) throw new Error(files.error);
    await rm(second);
    await writeFile(second, "another");
    const range = await files.value.read(10, 7);
    expect(range.ok && Buffer.from(range.value).toString()).toBe("abcdefg");
    await files.value.close();
  });
});

// libuv has no code of its own for most of what Windows says of a device that is not ready, and calls it UNKNOWN.
describe.each(["UNKNOWN", "EIO", "ENXIO", "ENODEV"])("a read that fails with %s", (code) => {
  const failing: typeof readSync = () => {
    throw Object.assign(new Error(`${code}: read`), { code });
  };

  it("is GONE if the stick is gone", async () => {
    const { parts, folder } = await writeParts();
    const files = await openPartFiles(parts, failing);
    if (!files.ok) throw new Error(files.error);
    await rm(folder, { recursive: true });
    expect(await files.value.read(0, 3)).toEqual(err("GONE"));
    await files.value.close();
  });

  it(`is ${code.startsWith("EN") ? "GONE" : "UNREADABLE"} if the name is still there`, async () => {
    const { parts } = await writeParts();
    const files = await openPartFiles(parts, failing);
    if (!files.ok) throw new Error(files.error);
    expect(await files.value.read(0, 3)).toEqual(err(code.startsWith("EN") ? "GONE" : "UNREADABLE"));
    await files.value.close();
  });
});

describe.each([
  ["with the system's flag against links", {}],
  ["without one, as on Windows", { noFollow: undefined }],
])("a plain file %s", (_name, options) => {
  it("is opened with its size", async () => {
    const path = join(temporaryFolder(), "file");
    await writeFile(path, "12345");
    const file = await openPlainFile(path, options);
    expect(file?.size).toBe(5);
    expect((await file?.handle.readFile())?.toString()).toBe("12345");
    await file?.handle.close();
  });

  it.each([
    ["a link to a file", async (path: string) => writeFile(`${path}x`, "12").then(() => symlink(`${path}x`, path))],
    ["a link to nothing", async (path: string) => symlink("nowhere", path)],
    ["a folder", async (path: string) => mkdir(path)],
    ["a pipe without a writer", async (path: string) => void execFileSync("mkfifo", [path])],
  ])("is not %s", async (_kind, make) => {
    const path = join(temporaryFolder(), "file");
    await make(path);
    expect(await openPlainFile(path, options)).toBeUndefined();
  });

  it("that is missing is an error", async () => {
    const path = join(temporaryFolder(), "file");
    await expect(openPlainFile(path, options)).rejects.toMatchObject({ code: "ENOENT" });
  });
});

describe("a small file", () => {
  it("is read up to its limit and not beyond", async () => {
    const path = join(temporaryFolder(), "file");
    await writeFile(path, "12345");
    expect((await readSmallFile(path, 5))?.toString()).toBe("12345");
    expect(await readSmallFile(path, 4)).toBeUndefined();
    await writeFile(path, "");
    expect((await readSmallFile(path, 4))?.length).toBe(0);
  });

  it.each([
    ["missing", async () => {}],
    ["a folder", async (path: string) => mkdir(path)],
    ["a link to a file", async (path: string) => writeFile(`${path}x`, "12").then(() => symlink(`${path}x`, path))],
    ["a link to the system", async (path: string) => symlink("/proc/version", path)],
    ["a pipe without a writer", async (path: string) => void execFileSync("mkfifo", [path])],
    ["a device", async (path: string) => symlink("/dev/zero", path)],
  ])("counts as absent if it is %s", async (_name, make) => {
    const path = join(temporaryFolder(), "file");
    await make(path);
    expect(await readSmallFile(path, 100)).toBeUndefined();
  });
});
