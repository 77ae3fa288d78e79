import { execFileSync } from "node:child_process";
import { readdirSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, beforeEach, describe, expect, it, onTestFinished, vi } from "vitest";
import { createHasher } from "../../../src-ops/packing/hashing/streams.ts";
import { courseOf } from "../../../src-ops/packing/course.ts";
import { packVault } from "../../../src-ops/packing/index.ts";
import { EarlierBytesDiffer, PartWriter, type WrittenPart } from "../../../src-ops/packing/part-writer.ts";
import { openContainerStream } from "../../fakes/container-stream.ts";
import { UNPROTECTED } from "../../../src-shared/protection.ts";
import { unwrapFileKey } from "../../../src-shared/node/vault-reader.ts";
import { KIB, MIB } from "../../../src-shared/units.ts";
import { openAsReader } from "../support/open-as-reader.ts";
import { succeed } from "../support/vaultctl.ts";
import { HARBOUR, openPublisherFixture, sha256, type PublisherFixture } from "../support/publisher-fixture.ts";

vi.setConfig({ testTimeout: 60_000, hookTimeout: 60_000 });

let fixture: PublisherFixture;
beforeAll(async () => {
  fixture = await openPublisherFixture();
});
afterAll(() => fixture.remove());

// Not a multiple of the sealed chunk size, so that chunks span parts, as with parts of 1 GiB.
const PART = 100 * KIB;

it("packs into parts that can be joined with cat, and that every command can read", async () => {
  const job = { signal: new AbortController().signal, progress: { show() {}, end() {} }, note() {} };
  const request = {
    stick: fixture.stick,
    keys: fixture.keys,
    course: courseOf([HARBOUR]),
    label: "Parts",
    protection: UNPROTECTED,
  };
  const packed = await packVault(request, job, { now: 1_800_000_000, partBytes: PART });
  expect(packed.ok).toBe(true);
  const { catalog, keys, vault, read } = await openAsReader(fixture, fixture.stick);
  const { file } = catalog.videos[0]!;
  const folder = join(fixture.stick, "VAULT", "data", file.id);
  expect(readdirSync(folder)).toEqual(Array.from({ length: 10 }, (_, index) => `00${index}`));
  expect((await read(file, "video")).equals(readFileSync(HARBOUR))).toBe(true);
  const joined = execFileSync("sh", ["-c", "cat -- *"], { cwd: folder, maxBuffer: 16 * MIB });
  const key = unwrapFileKey(vault.manifest.claims.vaultId, keys, file, "video")!;
  const clear: Uint8Array[] = [];
  for await (const chunk of openContainerStream([joined], key.key, key.context)) {
    if (!chunk.ok) throw new Error(chunk.error);
    clear.push(chunk.value);
  }
  expect(Buffer.concat(clear).equals(readFileSync(HARBOUR))).toBe(true);
  const copy = fixture.newStick("copy");
  await succeed(["stick", "copy", fixture.stick, copy, "--keys", fixture.keys]);
  expect(await succeed(["verify", copy, "--trust", fixture.trust])).toMatchObject({ faults: [], files: 5, parts: 14 });
  const out = fixture.path("out.mp4");
  await succeed(["extract", copy, catalog.videos[0]!.id, "--keys", fixture.keys, "--out", out]);
  expect(readFileSync(out).equals(readFileSync(HARBOUR))).toBe(true);
});

describe("the part writer", () => {
  let folder: string;
  let count = 0;
  beforeEach(() => {
    folder = fixture.newStick(`parts-${++count}`);
  });

  async function write(
    bytes: Buffer,
    blockBytes: number,
    partBytes = 10,
  ): Promise<PartWriter & { parts: WrittenPart[] }> {
    const hasher = createHasher();
    onTestFinished(() => hasher.close());
    const reported: WrittenPart[] = [];
    const writer = new PartWriter(folder, partBytes, hasher, (part) => reported.push(part));
    try {
      for (let at = 0; at < bytes.length; at += blockBytes) await writer.write(bytes.subarray(at, at + blockBytes));
      const parts = await writer.finish();
      expect(reported).toEqual(parts);
      return Object.assign(writer, { parts: [...parts] });
    } catch (error) {
      await writer.abandon();
      throw error;
    }
  }

  const text = Buffer.from("abcdefghijklmnopqrstuvwxyz");
  const content = () => readdirSync(folder).map((name) => readFileSync(join(folder, name), "utf8"));

  it.each([1, 3, 10, 13, 26, 100])(
    "cuts blocks of %i bytes into the same parts, and hashes each",
    async (blockBytes) => {
      const { parts } = await write(text, blockBytes);
      expect(content()).toEqual(["abcdefghij", "klmnopqrst", "uvwxyz"]);
      expect(parts.map(({ size }) => size)).toEqual([10, 10, 6]);
      expect(parts.map((part) => Buffer.from(part.sha256, "base64url").toString("hex"))).toEqual(
        content().map((part) => sha256(Buffer.from(part))),
      );
    },
  );

  it("does not create an empty last part", async () => {
    await write(text.subarray(0, 20), 7);
    expect(content()).toEqual(["abcdefghij", "klmnopqrst"]);
  });

  it.each([
    ["nothing", []],
    ["half a part", ["abcde"]],
    ["a whole part", ["abcdefghij"]],
    ["a part and a half", ["abcdefghij", "klmno"]],
    ["all of it", ["abcdefghij", "klmnopqrst", "uvwxyz"]],
  ])("continues after %s, without writing it again", async (_what, there) => {
    for (const [index, part] of there.entries()) writeFileSync(join(folder, `00${index}`), part);
    const before = there.map((_, index) => statSync(join(folder, `00${index}`)).ino);
    expect((await write(text, 4)).reused).toBe(there.join("").length);
    expect(content()).toEqual(["abcdefghij", "klmnopqrst", "uvwxyz"]);
    expect(there.map((_, index) => statSync(join(folder, `00${index}`)).ino)).toEqual(before);
  });

  it("truncates bytes that an earlier run left beyond the end", async () => {
    for (const [name, part] of [
      ["000", "abcdefghij"],
      ["001", "klmnop"],
      ["002", "stray"],
    ] as const) {
      writeFileSync(join(folder, name), part);
    }
    await write(text.subarray(0, 14), 5);
    expect(content()).toEqual(["abcdefghij", "klmn"]);
  });

  it.each([
    ["in the first byte", "Xbcde"],
    ["in the last byte", "abcdX"],
    ["across two blocks", "abcXe"],
  ])("does not continue if the existing bytes differ %s", async (_where, there) => {
    writeFileSync(join(folder, "000"), there);
    await expect(write(text, 4)).rejects.toBeInstanceOf(EarlierBytesDiffer);
    expect(content()).toEqual([there]);
  });

  it("rejects with the error of the file system, without an unhandled rejection", async () => {
    rmSync(folder, { recursive: true });
    await expect(write(text, 4)).rejects.toMatchObject({ code: "ENOENT" });
  });
});
