import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import {
  chunkNonce,
  chunkOffset,
  keyDerivationInfo,
  plaintextSize,
  sealedSize,
} from "../../../src-shared/container/index.ts";

describe("the length of a container", () => {
  it.each([
    [0, 72],
    [1, 73],
    [16_383, 56 + 16_383 + 16],
    [16_384, 56 + 16_400 + 16],
    [16_385, 56 + 16_400 + 17],
    [32_768, 56 + 2 * 16_400 + 16],
    [5 * 2 ** 30, 56 + 327_680 * 16_400 + 16],
  ])("is known for %i clear bytes", (plaintext, container) => {
    expect(sealedSize(plaintext)).toBe(container);
    expect(plaintextSize(container)).toBe(plaintext);
  });

  it.each([-1, 0, 1, 55, 56, 57, 71, 56 + 16_400, 56 + 16_400 + 15, 56 + 2 * 16_400])("is never %i", (container) => {
    expect(plaintextSize(container)).toBeUndefined();
  });

  it("corresponds to exactly one clear length", () => {
    fc.assert(
      fc.property(
        fc.oneof(
          fc.nat(70_000),
          fc.maxSafeNat().map((n) => n % 2 ** 45),
        ),
        (length) => {
          expect(plaintextSize(sealedSize(length))).toBe(length);
          const clear = plaintextSize(length);
          if (clear !== undefined) expect(sealedSize(clear)).toBe(length);
        },
      ),
      { numRuns: 2000 },
    );
  });
});

describe("a chunk", () => {
  it("begins after the header and the chunks before it", () => {
    expect([0, 1, 2, 400_000].map(chunkOffset)).toEqual([56, 16_456, 32_856, 6_560_000_056]);
  });

  const nonce = (base: string, index: number) =>
    Buffer.from(chunkNonce(Buffer.from(base, "hex"), index)).toString("hex");
  it.each([
    ["000000000000000000000000", 0, "000000000000000000000000"],
    ["000000000000000000000000", 1, "000000000000000000000001"],
    ["000000000000000000000000", 255, "0000000000000000000000ff"],
    ["000000000000000000000000", 256, "000000000000000000000100"],
    ["000000000000000000000000", 2 ** 31, "000000000000000080000000"],
    ["000000000000000000000000", 2 ** 32 + 1, "000000000000000100000001"],
    ["ffffffffffffffffffffffff", 2 ** 40 - 1, "ffffffffffffff0000000000"],
    ["0102030405060708090a0b0c", 0x0102, "0102030405060708090a0a0e"],
  ])("has the nonce %s XOR %i", (base, index, expected) => {
    expect(nonce(base, index)).toBe(expected);
  });

  it("does not change the base nonce from which it is derived", () => {
    const base = new Uint8Array(12);
    chunkNonce(base, 7);
    expect(base).toEqual(new Uint8Array(12));
  });
});

describe("key derivation", () => {
  it("names the format and the cipher before salt and context", () => {
    const info = keyDerivationInfo(Uint8Array.of(1, 2), Uint8Array.of(3));
    expect(Buffer.from(info).toString("latin1")).toBe(
      "c2sp.org/chunked-encryption@v1+AEAD_AES_256_GCM\0\u0001\u0002\u0003",
    );
  });
});
