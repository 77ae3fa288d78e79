import * as v from "valibot";
import { describe, expect, it } from "vitest";
import { idFromRandom, RandomId } from "../../src-shared/ids.ts";

describe("identifiers", () => {
  it("uses the low five bits of each of 26 random bytes", () => {
    const bytes = Uint8Array.from({ length: 26 }, (_, i) => i * 8 + 31);
    const id = idFromRandom(bytes);
    expect(id).toBe(Array.from(bytes, (byte) => "abcdefghijklmnopqrstuvwxyz234567"[byte % 32]).join(""));
    expect(v.is(RandomId, id)).toBe(true);
  });

  it("refuses any other number of bytes", () => {
    expect(() => idFromRandom(new Uint8Array(25))).toThrow(RangeError);
    expect(() => idFromRandom(new Uint8Array(27))).toThrow(RangeError);
  });

  it.each([
    ["a parent folder", "../../../../../../etc/passwd"],
    ["dots of the right length", "..........................".slice(0, 26)],
    ["a separator", "aaaaaaaaaaaa/aaaaaaaaaaaaa"],
    ["a backslash", "aaaaaaaaaaaa\\aaaaaaaaaaaaa"],
    ["upper case", "AAAAAAAAAAAAAAAAAAAAAAAAAA"],
    ["one letter of upper case", "aaaaaaaaaaaaaaaaaaaaaaaaaA"],
    ["the digits 0, 1, 8 and 9", "aaaaaaaaaaaaaaaaaaaaaa0189"],
    ["25 characters", "a".repeat(25)],
    ["27 characters", "a".repeat(27)],
    ["a line end at the end", `${"a".repeat(26)}\n`],
    ["a null character", `${"a".repeat(25)}\0`],
    ["a device name", "con"],
    ["a number", 5],
  ])("refuses %s", (_name, id) => {
    expect(v.is(RandomId, id)).toBe(false);
  });
});
