import { describe, expect, it } from "vitest";
import {
  COMMITMENT_BYTES,
  HEADER_BYTES,
  SALT_BYTES,
  SEALED_CHUNK_BYTES,
  TAG_BYTES,
} from "../../../src-shared/container/index.ts";
import { concatBytes } from "../../../src-shared/encoding/bytes.ts";
import { utf8 } from "../../../src-shared/encoding/text.ts";
import { testSeed } from "../../fakes/test-keys.ts";
import { CONTEXT, KEY, plaintextOf, readRandomly, readStream, sealed, SALT } from "./containers.ts";

// Three full chunks and a short one.
const plaintext = plaintextOf(3 * 16_384 + 100);
const good = await sealed(plaintext);
const whole = await sealed(plaintextOf(2 * 16_384));
const otherFile = await sealed(plaintextOf(3 * 16_384 + 100).toReversed(), {
  salt: testSeed("other salt").subarray(0, 24),
});
const oneMoreChunk = await sealed(concatBytes(plaintext, plaintextOf(20_000)));

const header = good.subarray(0, HEADER_BYTES);
const chunk = (from: Uint8Array, i: number) =>
  from.subarray(HEADER_BYTES + i * SEALED_CHUNK_BYTES, HEADER_BYTES + (i + 1) * SEALED_CHUNK_BYTES);
const [c0, c1, c2, c3] = [0, 1, 2, 3].map((i) => chunk(good, i)) as [Uint8Array, Uint8Array, Uint8Array, Uint8Array];
const flip = (at: number) => Uint8Array.from(good, (byte, i) => (i === at ? byte ^ 1 : byte));
const body = (i: number) => HEADER_BYTES + i * SEALED_CHUNK_BYTES;

type Case = [name: string, bytes: Uint8Array, streamFault: string, chunksGiven: number, randomFault: string];

const cases: Case[] = [
  ["a flipped bit in the salt", flip(0), "WRONG_KEY", 0, "WRONG_KEY"],
  ["a flipped bit at the end of the salt", flip(SALT_BYTES - 1), "WRONG_KEY", 0, "WRONG_KEY"],
  ["a flipped bit in the commitment", flip(SALT_BYTES), "WRONG_KEY", 0, "WRONG_KEY"],
  ["a flipped bit at the end of the commitment", flip(SALT_BYTES + COMMITMENT_BYTES - 1), "WRONG_KEY", 0, "WRONG_KEY"],
  ["a flipped bit in the first chunk", flip(body(0) + 5), "DAMAGED", 0, "DAMAGED"],
  ["a flipped bit in a middle chunk", flip(body(1) + 5), "DAMAGED", 1, "DAMAGED"],
  ["a flipped bit in the last full chunk", flip(body(2) + 5), "DAMAGED", 2, "DAMAGED"],
  ["a flipped bit in the last chunk", flip(body(3) + 5), "DAMAGED", 3, "DAMAGED"],
  ["a flipped bit in the first tag", flip(body(1) - 1), "DAMAGED", 0, "DAMAGED"],
  ["a flipped bit in the last tag", flip(good.length - 1), "DAMAGED", 3, "DAMAGED"],
  ["one byte cut off", good.subarray(0, -1), "DAMAGED", 3, "DAMAGED"],
  ["truncated inside the last tag", good.subarray(0, -8), "DAMAGED", 3, "DAMAGED"],
  ["truncated to one byte of the last chunk", good.subarray(0, body(3) + 1), "TRUNCATED", 3, "TRUNCATED"],
  ["truncated to 15 bytes of the last chunk", good.subarray(0, body(3) + 15), "TRUNCATED", 3, "TRUNCATED"],
  ["truncated to a tag's length of the last chunk", good.subarray(0, body(3) + TAG_BYTES), "DAMAGED", 3, "DAMAGED"],
  ["truncated between two chunks", good.subarray(0, body(2)), "TRUNCATED", 2, "TRUNCATED"],
  ["truncated before the last chunk", good.subarray(0, body(3)), "TRUNCATED", 3, "TRUNCATED"],
  ["truncated in the middle of a chunk", good.subarray(0, body(1) + 1000), "DAMAGED", 1, "DAMAGED"],
  ["its empty last chunk cut off", whole.subarray(0, -TAG_BYTES), "TRUNCATED", 2, "TRUNCATED"],
  ["the header only", header, "TRUNCATED", 0, "TRUNCATED"],
  ["a part of the header", header.subarray(0, 40), "TRUNCATED", 0, "TRUNCATED"],
  ["the salt only", header.subarray(0, SALT_BYTES), "TRUNCATED", 0, "TRUNCATED"],
  ["nothing", new Uint8Array(0), "TRUNCATED", 0, "TRUNCATED"],
  ["one byte appended", concatBytes(good, Uint8Array.of(0)), "DAMAGED", 3, "DAMAGED"],
  ["16 zeros appended", concatBytes(good, new Uint8Array(16)), "DAMAGED", 3, "DAMAGED"],
  [
    "a chunk's length of zeros appended",
    concatBytes(good, new Uint8Array(SEALED_CHUNK_BYTES)),
    "DAMAGED",
    3,
    "DAMAGED",
  ],
  ["a validly sealed chunk of its own appended", concatBytes(good, c1), "DAMAGED", 3, "DAMAGED"],
  ["its last chunk appended again", concatBytes(good, c3), "DAMAGED", 3, "DAMAGED"],
  [
    "the continuation of a longer file of the same salt appended",
    concatBytes(good, chunk(oneMoreChunk, 4)),
    "DAMAGED",
    3,
    "DAMAGED",
  ],
  ["the first two chunks swapped", concatBytes(header, c1, c0, c2, c3), "DAMAGED", 0, "DAMAGED"],
  ["the middle chunks swapped", concatBytes(header, c0, c2, c1, c3), "DAMAGED", 1, "DAMAGED"],
  ["a duplicated chunk", concatBytes(header, c0, c0, c1, c2, c3), "DAMAGED", 1, "DAMAGED"],
  ["a chunk in place of another", concatBytes(header, c0, c1, c1, c3), "DAMAGED", 2, "DAMAGED"],
  ["the first chunk dropped", concatBytes(header, c1, c2, c3), "DAMAGED", 0, "DAMAGED"],
  ["a middle chunk dropped", concatBytes(header, c0, c2, c3), "DAMAGED", 1, "DAMAGED"],
  ["only its last chunk", concatBytes(header, c3), "DAMAGED", 0, "DAMAGED"],
  [
    "a chunk of another file of the same key",
    concatBytes(header, c0, chunk(otherFile, 1), c2, c3),
    "DAMAGED",
    1,
    "DAMAGED",
  ],
  [
    "the last chunk of another file of the same key",
    concatBytes(header, c0, c1, c2, chunk(otherFile, 3)),
    "DAMAGED",
    3,
    "DAMAGED",
  ],
  [
    "the header of another file of the same key",
    concatBytes(otherFile.subarray(0, HEADER_BYTES), good.subarray(HEADER_BYTES)),
    "DAMAGED",
    0,
    "DAMAGED",
  ],
  [
    "the salt of another file",
    concatBytes(otherFile.subarray(0, SALT_BYTES), good.subarray(SALT_BYTES)),
    "WRONG_KEY",
    0,
    "WRONG_KEY",
  ],
];

describe("a container", () => {
  it("is read as it was sealed, as a stream and by random access", async () => {
    expect(await readStream(good)).toEqual({ given: plaintext, fault: undefined });
    expect(await readRandomly(good)).toEqual({ given: plaintext, fault: undefined });
  });

  it.each([0, 1, 16_383, 16_384, 16_385, 32_767, 32_768, 32_769])("holds %i bytes", async (length) => {
    const clear = plaintextOf(length);
    const bytes = await sealed(clear);
    expect(await readStream(bytes)).toEqual({ given: clear, fault: undefined });
    expect(await readRandomly(bytes)).toEqual({ given: clear, fault: undefined });
  });

  it.each(cases)(
    "with %s: the stream returns the good chunks before it, then the fault, and nothing more",
    async (_name, bytes, fault, chunks) => {
      expect(await readStream(bytes)).toEqual({ given: plaintext.subarray(0, chunks * 16_384), fault });
    },
  );

  it.each(cases)("with %s: random access returns nothing of it", async (_name, bytes, _fault, _chunks, fault) => {
    expect(await readRandomly(bytes)).toEqual({ given: new Uint8Array(0), fault });
  });

  it.each([
    ["another context", KEY, utf8("another context")],
    ["an empty context", KEY, new Uint8Array(0)],
    ["a context with one byte more", KEY, concatBytes(CONTEXT, Uint8Array.of(0))],
    ["another key", testSeed("another key"), CONTEXT],
    ["a key with one bit flipped", Uint8Array.from(KEY, (byte, i) => (i === 31 ? byte ^ 1 : byte)), CONTEXT],
  ])("is WRONG_KEY with %s, before any chunk is opened", async (_name, key, context) => {
    // Its first chunk is damaged too: the commitment must be checked first.
    for (const bytes of [good, flip(body(0))]) {
      expect(await readStream(bytes, key, context)).toEqual({ given: new Uint8Array(0), fault: "WRONG_KEY" });
      expect(await readRandomly(bytes, key, context)).toEqual({ given: new Uint8Array(0), fault: "WRONG_KEY" });
    }
  });

  it("does not accept a salt whose end was moved into the context", async () => {
    const bytes = await sealed(plaintextOf(10), { context: concatBytes(Uint8Array.of(7), CONTEXT) });
    expect((await readStream(bytes)).fault).toBe("WRONG_KEY");
  });

  it.each([0, 16, 31, 33, 64])("throws for a key of %i bytes: no caller may have one", async (length) => {
    await expect(readStream(good, new Uint8Array(length))).rejects.toThrow(RangeError);
    await expect(readRandomly(good, new Uint8Array(length))).rejects.toThrow(RangeError);
    await expect(sealed(plaintext, { key: new Uint8Array(length) })).rejects.toThrow(RangeError);
  });

  it.each([0, 23, 25])("is not sealed with a salt of %i bytes", async (length) => {
    await expect(sealed(plaintext, { salt: new Uint8Array(length) })).rejects.toThrow(RangeError);
  });

  it("has other bytes with another salt, so that equal files cannot be recognized", async () => {
    const again = await sealed(plaintext, { salt: testSeed("third salt").subarray(0, 24) });
    expect(Buffer.from(again).includes(Buffer.from(c0.subarray(0, 32)))).toBe(false);
    expect(good.subarray(0, SALT_BYTES)).toEqual(SALT);
  });
});
