import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import { fromBase64url, toBase64url } from "../../../src-shared/encoding/base64url.ts";

describe("base64url", () => {
  it.each([
    ["", []],
    ["Zg", [102]],
    ["Zm8", [102, 111]],
    ["Zm9v", [102, 111, 111]],
    ["Zm9vYg", [102, 111, 111, 98]],
    ["-_8", [251, 255]],
  ])("reads %j as specified in RFC 4648", (text, bytes) => {
    expect(fromBase64url(text)).toEqual(Uint8Array.from(bytes));
    expect(toBase64url(Uint8Array.from(bytes))).toBe(text);
  });

  it.each([
    ["padding", "Zg=="],
    ["one padding sign", "Zm8="],
    ["only padding", "="],
    ["a space inside", "Zm 9v"],
    ["a leading space", " Zm9v"],
    ["a line end", "Zm9v\n"],
    ["a carriage return", "Zm9v\r\n"],
    ["a tab", "Zm\t9v"],
    ["a plus sign", "+_8"],
    ["a slash", "-/8"],
    ["trailing bits after one byte", "Zh"],
    ["all trailing bits after one byte", "Zv"],
    ["trailing bits after two bytes", "Zm9"],
    ["a single character", "Z"],
    ["five characters", "Zm9vY"],
    ["a null character", "Zm9\0"],
    ["a dot", "Zm.v"],
    ["a letter outside ASCII", "Zm9é"],
    ["a letter outside Latin-1", "Zm9Ā"],
    ["a full-width letter", "Zm9\uff56"],
    ["a byte order mark", "\ufeffZm9v"],
  ])("refuses %s", (_name, text) => {
    expect(fromBase64url(text)).toBeUndefined();
  });

  it("reads back what it wrote", () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 200 }), (bytes) => {
        expect(fromBase64url(toBase64url(bytes))).toEqual(bytes);
      }),
    );
  });

  it("writes the same as node:buffer", () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 200 }), (bytes) => {
        expect(toBase64url(bytes)).toBe(Buffer.from(bytes).toString("base64url"));
      }),
    );
  });

  it("accepts only one spelling: whatever it reads, it writes in the same way", () => {
    const nearly = fc.string({
      unit: fc.constantFrom(...Array.from("ABZabz0189-_+/= \n")),
      maxLength: 12,
    });
    fc.assert(
      fc.property(nearly, (text) => {
        const bytes = fromBase64url(text);
        if (bytes) expect(toBase64url(bytes)).toBe(text);
      }),
      { numRuns: 2000 },
    );
  });

  it("accepts exactly 1 of 16 last letters after one byte and 1 of 4 after two", () => {
    const letters = Array.from({ length: 64 }, (_, i) => toBase64url(Uint8Array.of(i << 2)).charAt(0));
    expect(letters.filter((last) => fromBase64url(`A${last}`))).toHaveLength(4);
    expect(letters.filter((last) => fromBase64url(`AA${last}`))).toHaveLength(16);
  });
});
