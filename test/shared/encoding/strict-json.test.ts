import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import { parseStrictJson } from "../../../src-shared/encoding/strict-json.ts";
import { utf8 } from "../../../src-shared/encoding/text.ts";

const parse = (text: string) => parseStrictJson(utf8(text));

// Every UTF-16 unit as an escape.
const escaped = (name: string) => {
  const units = Array.from({ length: name.length }, (_, i) => name.charCodeAt(i).toString(16).padStart(4, "0"));
  return `"${units.map((unit) => `\\u${unit}`).join("")}"`;
};

describe("strict JSON", () => {
  it.each([
    ["two members with one name", '{"a":1,"a":2}'],
    ["two members with one name, not adjacent", '{"a":1,"b":2,"a":3}'],
    ["a name repeated by an escape", String.raw`{"a":1,"\u0061":2}`],
    ["a name repeated by another escape", String.raw`{"/":1,"\/":2}`],
    ["a repeated empty name", '{"":1,"":2}'],
    ["a repeated name in a nested object", '{"x":{"a":1,"a":1}}'],
    ["a repeated name in an object in an array", '[{"a":1},{"b":1,"b":2}]'],
    ["a name repeated after a nested object", '{"a":{"b":1},"a":2}'],
    ["a name repeated after an array", '{"a":[{"b":1}],"a":2}'],
    ["a repeated name with white space before the colon", '{"a" \n\t\r:1,"a":2}'],
    ["a repeated name that contains a quote", String.raw`{"\"":1,"\"":2}`],
    ["a repeated name that ends in a backslash", String.raw`{"\\":1,"\\":2}`],
  ])("refuses %s", (_name, text) => {
    expect(parse(text)).toEqual({ ok: false, error: "DUPLICATE_NAME" });
  });

  it.each([
    ["__proto__", '{"__proto__":{}}'],
    ["__proto__ spelt with escapes", String.raw`{"\u005f_proto__":1}`],
    ["a nested __proto__", '{"a":[{"__proto__":null}]}'],
  ])("refuses %s", (_name, text) => {
    expect(parse(text)).toEqual({ ok: false, error: "FORBIDDEN_NAME" });
  });

  it.each([
    ["nothing", ""],
    ["a byte order mark", "\ufeff{}"],
    ["a trailing comma", '{"a":1,}'],
    ["a comment", "{}//"],
    ["a single quote", "{'a':1}"],
    ["a second value", "{}{}"],
    ["an unfinished object", '{"a":1'],
    ["NaN", "NaN"],
    ["a leading zero", "01"],
    ["a raw line end in a string", '"\n"'],
    ["33 levels", `${"[".repeat(33)}${"]".repeat(33)}`],
    ["a million levels", `${"[".repeat(1e6)}${"]".repeat(1e6)}`],
  ])("refuses %s", (_name, text) => {
    expect(parse(text)).toEqual({ ok: false, error: "NOT_JSON" });
  });

  it.each([
    ["a lone continuation byte", [0x22, 0x80, 0x22]],
    ["an overlong slash", [0x22, 0xc0, 0xaf, 0x22]],
    ["an encoded surrogate", [0x22, 0xed, 0xa0, 0x80, 0x22]],
    ["a truncated sequence", [0x22, 0xe2, 0x82, 0x22]],
    ["beyond U+10FFFF", [0x22, 0xf4, 0x90, 0x80, 0x80, 0x22]],
    ["UTF-16", [0xff, 0xfe, 0x7b, 0, 0x7d, 0]],
  ])("refuses invalid UTF-8: %s", (_name, bytes) => {
    expect(parseStrictJson(Uint8Array.from(bytes))).toEqual({ ok: false, error: "NOT_UTF8" });
  });

  it.each([
    ["the same name in two objects", '[{"a":1},{"a":2}]'],
    ["a name equal to its value", '{"a":"a","b":"a"}'],
    ["values that look like members", String.raw`{"a":"\"a\":1","b":["a","a"]}`],
    ["names that are properties of every object", '{"constructor":1,"toString":2,"hasOwnProperty":3}'],
    ["names that differ in their Unicode form", '{"\u00e9":1,"e\u0301":2}'],
    ["32 levels", `${"[".repeat(32)}${"]".repeat(32)}`],
    ["brackets inside a string", `"${"[{".repeat(40)}"`],
  ])("accepts %s", (_name, text) => {
    expect(parse(text)).toEqual({ ok: true, value: JSON.parse(text) });
  });

  it("reads whatever JSON.stringify writes, with the same result", () => {
    fc.assert(
      fc.property(fc.json({ maxDepth: 5, stringUnit: "binary" }), (text) => {
        fc.pre(!text.includes("__proto__"));
        expect(parse(text)).toEqual({ ok: true, value: JSON.parse(text) });
      }),
    );
  });

  it("detects any duplicate name, however it is escaped", () => {
    fc.assert(
      fc.property(fc.string({ unit: "binary" }), fc.json({ maxDepth: 2 }), (name, value) => {
        fc.pre(name !== "__proto__" && !value.includes("__proto__"));
        const text = `{${JSON.stringify(name)}:${value},${escaped(name)}:${value}}`;
        expect(parse(text)).toEqual({ ok: false, error: "DUPLICATE_NAME" });
      }),
    );
  });
});
