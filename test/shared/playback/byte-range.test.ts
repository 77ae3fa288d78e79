import { expect, it } from "vitest";
import { parseByteRange } from "../../../src-shared/playback/index.ts";

it.each([
  ["bytes=0-", { kind: "part", start: 0, end: 999 }],
  ["bytes=0-0", { kind: "part", start: 0, end: 0 }],
  ["bytes=500-", { kind: "part", start: 500, end: 999 }],
  ["bytes=500-2000", { kind: "part", start: 500, end: 999 }],
  ["bytes=999-999", { kind: "part", start: 999, end: 999 }],
  ["bytes=-1", { kind: "part", start: 999, end: 999 }],
  ["bytes=-5000", { kind: "part", start: 0, end: 999 }],
])("reads %s of 1,000 bytes", (header, range) => {
  expect(parseByteRange(header, 1_000)).toEqual(range);
});

it("treats a request without a range as one for the whole file", () => {
  expect(parseByteRange(null, 1_000)).toEqual({ kind: "whole" });
});

it.each([
  ["", "empty"],
  ["bytes=", "no numbers"],
  ["bytes=-", "neither end"],
  ["bytes=-0", "an empty suffix"],
  ["bytes=1000-", "begins at the end"],
  ["bytes=5-4", "by backslashes"],
  ["bytes=0-1,5-6", "several ranges"],
  ["bytes=0-0,", "a trailing comma"],
  ["bytes =0-1", "white space"],
  ["bytes=0x10-", "hexadecimal"],
  ["bytes=1e3-", "an exponent"],
  ["bytes=+1-", "a sign"],
  ["chunks=0-1", "another unit"],
  ["bytes=99999999999999999999-", "more digits than any offset has"],
  ["bytes=0-99999999999999999999999", "overflow at the end"],
  ["bytes=0-1\u0000", "a NUL"],
])("calls %j unsatisfiable: %s", (header) => {
  expect(parseByteRange(header, 1_000)).toEqual({ kind: "unsatisfiable" });
});

it("accepts no range of an empty file", () => {
  expect(parseByteRange("bytes=0-", 0)).toEqual({ kind: "unsatisfiable" });
  expect(parseByteRange("bytes=-1", 0)).toEqual({ kind: "unsatisfiable" });
});

it("works beyond 4 GiB", () => {
  expect(parseByteRange("bytes=5000000000-", 6_000_000_000)).toEqual({ kind: "part", start: 5e9, end: 5_999_999_999 });
});
