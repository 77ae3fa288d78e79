import { describe, expect, it } from "vitest";
import { codePointsOf, truncateLine, safeLine, unsafeCharacterIn } from "../../../src-shared/encoding/line.ts";

describe("a line that other people see", () => {
  it.each([
    ["a line feed", "\n", "U+000A"],
    ["a control character", "\u001b", "U+001B"],
    ["a C1 control character", "\u009b", "U+009B"],
    ["a line separator", "\u2028", "U+2028"],
    ["a paragraph separator", "\u2029", "U+2029"],
    ["a left-to-right mark", "\u200e", "U+200E"],
    ["a right-to-left mark", "\u200f", "U+200F"],
    ["an Arabic letter mark", "\u061c", "U+061C"],
    ["an override", "\u202e", "U+202E"],
    ["an embedding", "\u202a", "U+202A"],
    ["an isolate", "\u2066", "U+2066"],
    ["the end of an isolate", "\u2069", "U+2069"],
    ["half a surrogate pair", "\ud83c", "U+D83C"],
  ])("must not contain %s", (_what, character, name) => {
    const text = `film${character}gpj.exe`;
    expect(unsafeCharacterIn(text)).toBe(name);
    expect(safeLine(text)).toBe("film\ufffdgpj.exe");
  });

  it.each([
    ["Persian with a zero width non-joiner", "\u0645\u06cc\u200c\u062e\u0648\u0627\u0647\u0645"],
    ["an emoji family with zero width joiners", "\u{1f469}\u200d\u{1f469}\u200d\u{1f467}"],
    ["Hebrew", "\u05e9\u05dc\u05d5\u05dd"],
    ["accents", "\u00c9t\u00e9"],
  ])("may contain %s", (_what, text) => {
    expect(unsafeCharacterIn(text)).toBeUndefined();
    expect(safeLine(text)).toBe(text);
  });

  it("is counted in code points", () => {
    expect([codePointsOf(""), codePointsOf("ab"), codePointsOf("\u{1f3ac}\u{1f3ac}")]).toEqual([0, 2, 2]);
  });

  it("is never cut in the middle of a character", () => {
    expect(truncateLine("a\u{1f3ac}b", 2)).toBe("a");
    expect(truncateLine("a\u{1f3ac}b", 3)).toBe("a\u{1f3ac}");
  });
});
