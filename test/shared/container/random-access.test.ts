import { mkdtemp, open, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setImmediate } from "node:timers/promises";
import * as fc from "fast-check";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import {
  CHUNK_BYTES,
  chunkNonce,
  chunkOffset,
  HEADER_BYTES,
  SEALED_CHUNK_BYTES,
  sealedSize,
} from "../../../src-shared/container/index.ts";
import { seal } from "../../../src-shared/node/aead.ts";
import { deriveContainerKeys } from "../../../src-shared/node/container-keys.ts";
import { openContainer, type SealedSource } from "../../../src-shared/node/container-reader.ts";
import { openPartFiles } from "../../../src-shared/node/part-files.ts";
import { err, ok } from "../../../src-shared/result.ts";
import { GIB } from "../../../src-shared/units.ts";
import { CONTEXT, KEY, plaintextOf, SALT, sealed, sourceOf } from "./containers.ts";

const keys = deriveContainerKeys(KEY, SALT, CONTEXT);
const header = Buffer.concat([SALT, keys.commitment]);

// The clear bytes of a file too large to exist: each chunk repeats its own number.
const clearChunk = (index: number, length: number) => {
  const chunk = Buffer.alloc(length);
  for (let at = 0; at + 8 <= length; at += 8) chunk.writeBigUInt64BE(BigInt(index), at);
  return chunk;
};

const sealedChunk = (index: number, size: number) =>
  seal(
    keys.key,
    chunkNonce(keys.baseNonce, index),
    clearChunk(index, Math.min(CHUNK_BYTES, size - index * CHUNK_BYTES)),
  );

/** A container of `size` clear bytes whose chunks are sealed when they are read. */
function synthetic(size: number): SealedSource<never> & { readonly reads: [number, number][] } {
  const reads: [number, number][] = [];
  return {
    size: sealedSize(size),
    reads,
    read: async (offset, length) => {
      reads.push([offset, length]);
      if (offset === 0) return ok(header.subarray(0, length));
      const index = (offset - HEADER_BYTES) / SEALED_CHUNK_BYTES;
      const chunks: Buffer[] = [];
      for (let i = index; chunkOffset(i) < offset + length; i++) chunks.push(sealedChunk(i, size));
      return ok(Buffer.concat(chunks).subarray(0, length));
    },
  };
}

async function opened<E>(source: SealedSource<E>) {
  const container = await openContainer(source, KEY, CONTEXT);
  if (!container.ok) throw new Error(String(container.error));
  return container.value;
}

describe("random access", () => {
  const clear = plaintextOf(3 * CHUNK_BYTES + 100);
  it("returns any range exactly as in the clear file", async () => {
    const reader = await opened(sourceOf(await sealed(clear)));
    expect(reader.size).toBe(clear.length);
    const edges = [
      0,
      1,
      CHUNK_BYTES - 1,
      CHUNK_BYTES,
      CHUNK_BYTES + 1,
      2 * CHUNK_BYTES,
      3 * CHUNK_BYTES,
      clear.length - 1,
      clear.length,
    ];
    const offset = fc.oneof(fc.constantFrom(...edges), fc.nat(clear.length));
    await fc.assert(
      fc.asyncProperty(offset, offset, async (a, b) => {
        const [from, to] = [Math.min(a, b), Math.max(a, b)];
        const range = await reader.read(from, to - from);
        expect(range.ok && Buffer.from(range.value).equals(clear.subarray(from, to))).toBe(true);
      }),
      { numRuns: 300 },
    );
  });

  it.each([
    [-1, 1],
    [0, -1],
    [0, clear.length + 1],
    [clear.length, 1],
    [clear.length + 1, 0],
    [Number.NaN, 1],
    [0, Number.NaN],
    [Number.POSITIVE_INFINITY, 0],
  ])("throws for the range %d, %d outside the file", async (offset, length) => {
    const reader = await opened(sourceOf(await sealed(clear)));
    await expect(reader.read(offset, length)).rejects.toThrow(RangeError);
  });

  it("reads only the chunks that a range touches", async () => {
    const source = synthetic(10 * CHUNK_BYTES + 5);
    const reader = await opened(source);
    expect(source.reads).toEqual([
      [0, HEADER_BYTES],
      [chunkOffset(10), 5 + 16],
    ]);
    source.reads.length = 0;
    await reader.read(3 * CHUNK_BYTES - 1, 2);
    await reader.read(4 * CHUNK_BYTES, CHUNK_BYTES);
    await reader.read(0, 0);
    expect(source.reads).toEqual([
      [chunkOffset(2), 2 * SEALED_CHUNK_BYTES],
      [chunkOffset(4), SEALED_CHUNK_BYTES],
    ]);
  });

  it("goes on after a damaged chunk, and returns DAMAGED for that chunk each time", async () => {
    const bytes = await sealed(clear);
    bytes[chunkOffset(1) + 9] = (bytes[chunkOffset(1) + 9] as number) ^ 128;
    const reader = await opened(sourceOf(bytes));
    for (let times = 0; times < 2; times++) {
      expect(await reader.read(CHUNK_BYTES - 1, 2)).toEqual(err("DAMAGED"));
      expect(await reader.read(CHUNK_BYTES, 1)).toEqual(err("DAMAGED"));
    }
    expect((await reader.read(0, CHUNK_BYTES)).ok).toBe(true);
    expect((await reader.read(2 * CHUNK_BYTES, CHUNK_BYTES + 100)).ok).toBe(true);
  });

  it("returns the right bytes to each of many concurrent reads, though their memory is reused", async () => {
    const bytes = await sealed(clear);
    const slow: SealedSource<never> = {
      size: bytes.length,
      async read(at, length, into = new Uint8Array(length)) {
        // Half of them before the others get their turn, half after it.
        into.set(bytes.subarray(at, at + (length >> 1)));
        await setImmediate();
        into.set(bytes.subarray(at + (length >> 1), at + length), length >> 1);
        return ok(into.subarray(0, length));
      },
    };
    const reader = await opened(slow);
    const ranges = Array.from(
      { length: 40 },
      (_, n) => [(n * 7_919) % (clear.length - 20_000), 20_000 - n * 400] as const,
    );
    for (let round = 0; round < 2; round++) {
      const reads = await Promise.all(ranges.map(([at, length]) => reader.read(at, length)));
      reads.forEach((read, n) => {
        const [at, length] = ranges[n]!;
        expect(read.ok && Buffer.compare(read.value, clear.subarray(at, at + length))).toBe(0);
      });
    }
  });

  it("passes on the error of the source", async () => {
    const bytes = await sealed(clear);
    let healthy = 2;
    const source: SealedSource<"GONE"> = {
      size: bytes.length,
      read: async (at, length) => (healthy-- > 0 ? ok(bytes.subarray(at, at + length)) : err("GONE")),
    };
    const reader = await opened(source);
    expect(await reader.read(0, 1)).toEqual(err("GONE"));
    expect(await openContainer(source, KEY, CONTEXT)).toEqual(err("GONE"));
  });

  it("refuses a source that returns less than requested", async () => {
    const bytes = await sealed(clear);
    const source: SealedSource<never> = {
      size: bytes.length,
      read: async (at, length) => ok(bytes.subarray(at, at + (at === 0 ? length : length - 1))),
    };
    expect(await openContainer(source, KEY, CONTEXT)).toEqual(err("DAMAGED"));
  });

  it("refuses a length for which a different last chunk was sealed", async () => {
    const bytes = await sealed(clear);
    const shorter: SealedSource<never> = { ...sourceOf(bytes), size: bytes.length - 1 };
    expect(await openContainer(shorter, KEY, CONTEXT)).toEqual(err("DAMAGED"));
  });
});

describe("beyond 4 GiB", () => {
  const size = 5 * GIB + 7;
  it.each([2 ** 31 - 1, 2 ** 31, 2 ** 32 - 1, 2 ** 32, 2 ** 32 + CHUNK_BYTES - 1, size - 8, size - 1])(
    "reads at offset %i",
    async (offset) => {
      const reader = await opened(synthetic(size));
      expect(reader.size).toBe(size);
      const length = Math.min(CHUNK_BYTES + 3, size - offset);
      const first = Math.floor(offset / CHUNK_BYTES);
      const expected = Buffer.concat([
        clearChunk(first, Math.min(CHUNK_BYTES, size - first * CHUNK_BYTES)),
        ...(size > (first + 1) * CHUNK_BYTES
          ? [clearChunk(first + 1, Math.min(CHUNK_BYTES, size - (first + 1) * CHUNK_BYTES))]
          : []),
        ...(size > (first + 2) * CHUNK_BYTES
          ? [clearChunk(first + 2, Math.min(CHUNK_BYTES, size - (first + 2) * CHUNK_BYTES))]
          : []),
      ]).subarray(offset - first * CHUNK_BYTES, offset - first * CHUNK_BYTES + length);
      const range = await reader.read(offset, length);
      expect(range.ok && Buffer.from(range.value).equals(expected)).toBe(true);
    },
  );

  // The same with real files: six sparse parts of which only the chunks that are read are written.
  let folder = "";
  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), "uvv-parts-"));
  });
  afterAll(() => rm(folder, { recursive: true }));

  it("reads across parts of 1 GiB on a disk", async () => {
    const total = sealedSize(size);
    const parts = Array.from({ length: Math.ceil(total / GIB) }, (_, i) => ({
      path: join(folder, String(i).padStart(3, "0")),
      size: Math.min(GIB, total - i * GIB),
    }));
    const write = async (at: number, bytes: Uint8Array) => {
      for (let done = 0; done < bytes.length;) {
        const part = Math.floor((at + done) / GIB);
        const inPart = at + done - part * GIB;
        const length = Math.min(bytes.length - done, GIB - inPart);
        const file = await open((parts[part] as { path: string }).path, "r+");
        await file.write(bytes, done, length, inPart);
        await file.close();
        done += length;
      }
    };
    for (const part of parts) {
      const file = await open(part.path, "w");
      await file.truncate(part.size);
      await file.close();
    }
    // The chunk across the border between the fourth and the fifth part, at 4 GiB of the container.
    const onBorder = Math.floor((4 * GIB - HEADER_BYTES) / SEALED_CHUNK_BYTES);
    const last = Math.floor(size / CHUNK_BYTES);
    await write(0, header);
    for (const index of [onBorder, last]) await write(chunkOffset(index), sealedChunk(index, size));

    const files = await openPartFiles(parts);
    if (!files.ok) throw new Error(files.error);
    const reader = await opened(files.value);
    const range = await reader.read(onBorder * CHUNK_BYTES, CHUNK_BYTES);
    expect(range.ok && Buffer.from(range.value).equals(clearChunk(onBorder, CHUNK_BYTES))).toBe(true);
    expect(await reader.read((onBorder + 1) * CHUNK_BYTES, 1)).toEqual(err("DAMAGED"));
    await files.value.close();
  });
});
