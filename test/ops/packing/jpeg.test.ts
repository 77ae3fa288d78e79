import { describe, expect, it } from "vitest";
import { parseJpegs } from "../../../src-ops/packing/jpeg.ts";

const segment = (marker: number, ...content: number[]) => [0xff, marker, 0, content.length + 2, ...content];
const frame = (width: number, height: number) => segment(0xc0, 8, 0, height, 0, width, 1, 1, 0x11, 0);
// Data with a stuffed 0xff and a restart marker.
const SCAN = [...segment(0xda, 1, 1, 0, 0, 63, 0), 0x2b, 0xff, 0, 0xd9, 0xff, 0xd3, 0x15];
const jpeg = (...segments: number[][]) => [0xff, 0xd8, ...segments.flat(), 0xff, 0xd9];
// Its comment has the end of a picture in it, which is none.
const PICTURE = jpeg(segment(0xfe, 0xff, 0xd9), segment(0xc4, 0, 7), frame(7, 5), SCAN);
const parse = (...bytes: number[]) => parseJpegs(Uint8Array.from(bytes));

describe("a stream of pictures", () => {
  it("is divided at the end of each, and tells their sizes", () => {
    const second = jpeg(frame(3, 4), SCAN, SCAN);
    expect(parse(...PICTURE, ...second)).toEqual([
      { width: 7, height: 5, bytes: Uint8Array.from(PICTURE) },
      { width: 3, height: 4, bytes: Uint8Array.from(second) },
    ]);
    expect(parse()).toEqual([]);
  });

  it("is refused wherever it is cut", () => {
    for (let length = 1; length < PICTURE.length; length++) expect(parse(...PICTURE.slice(0, length))).toBeUndefined();
  });

  it.each([
    ["something before it", [0, ...PICTURE]],
    ["something after it", [...PICTURE, 0]],
    ["no size", jpeg(SCAN)],
    ["a segment that is shorter than its own length", jpeg([0xff, 0xe0, 0, 1], frame(7, 5), SCAN)],
    ["something between two segments", jpeg(frame(7, 5), [0x00], SCAN)],
  ])("is refused with %s", (_what, bytes) => {
    expect(parse(...bytes)).toBeUndefined();
  });
});
