import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import { concatBytes, equalBytes } from "../../../src-shared/encoding/bytes.ts";
import { fromUtf8, lengthPrefixed, textOfFile, utf8 } from "../../../src-shared/encoding/text.ts";

describe("length-prefixed concatenation", () => {
  it("writes a 32-bit big-endian length in bytes before each part", () => {
    const bytes = lengthPrefixed("é", "", Uint8Array.of(7));
    expect(Buffer.from(bytes).toString("hex")).toBe("00000002c3a9000000000000000107");
  });

  it("produces different bytes for different lists of parts", () => {
    const parts = fc.array(fc.string({ unit: fc.constantFrom("a", "b", "\0"), maxLength: 3 }), { maxLength: 4 });
    fc.assert(
      fc.property(parts, parts, (a, b) => {
        const isSameList = JSON.stringify(a) === JSON.stringify(b);
        expect(equalBytes(lengthPrefixed(...a), lengthPrefixed(...b))).toBe(isSameList);
      }),
      { numRuns: 1000 },
    );
  });
});

describe("bytes", () => {
  it("are equal only if they have the same length and the same content", () => {
    expect(equalBytes(Uint8Array.of(1, 2), Uint8Array.of(1, 2))).toBe(true);
    expect(equalBytes(Uint8Array.of(1, 2), Uint8Array.of(1, 3))).toBe(false);
    expect(equalBytes(Uint8Array.of(1, 2), Uint8Array.of(0, 2))).toBe(false);
    expect(equalBytes(Uint8Array.of(1, 2), Uint8Array.of(1, 2, 0))).toBe(false);
    expect(equalBytes(new Uint8Array(0), new Uint8Array(0))).toBe(true);
  });

  it("are joined in order", () => {
    expect(concatBytes(Uint8Array.of(1), new Uint8Array(0), Uint8Array.of(2, 3))).toEqual(Uint8Array.of(1, 2, 3));
  });
});

describe("UTF-8", () => {
  it("keeps a byte order mark, so that a later parser sees it", () => {
    expect(fromUtf8(Uint8Array.of(0xef, 0xbb, 0xbf, 0x61))).toBe("\ufeffa");
  });

  it("reads back every string without lone surrogates, and nothing invalid", () => {
    fc.assert(
      fc.property(fc.string({ unit: "binary" }), (text) => {
        expect(fromUtf8(utf8(text))).toBe(text);
      }),
    );
    expect(fromUtf8(Uint8Array.of(0xff))).toBeUndefined();
  });
});

describe("the text of a file that a person saved", () => {
  const text = "-----BEGIN é 日本";
  const utf16 = (from: string) => Buffer.from(from, "utf16le");
  const swapped = (bytes: Buffer) => Buffer.from(bytes).swap16();
  it.each([
    ["UTF-8", Buffer.from(text)],
    ["UTF-8 with a byte order mark", Buffer.from(`\ufeff${text}`)],
    ["UTF-16", utf16(text)],
    ["UTF-16 with a byte order mark", utf16(`\ufeff${text}`)],
    ["UTF-16, big end first", swapped(utf16(text))],
    ["UTF-16, big end first, with a byte order mark", swapped(utf16(`\ufeff${text}`))],
  ])("is read in %s", (_name, bytes) => {
    expect(textOfFile(bytes)).toBe(text);
  });

  it("keeps what is readable in another encoding", () => {
    expect(textOfFile(Buffer.from("Voilà: eyJ", "latin1"))).toBe("Voil\ufffd: eyJ");
    expect(textOfFile(new Uint8Array())).toBe("");
  });
});
