import { describe, expect, it } from "vitest";
import { HOUR } from "../../src-shared/units.ts";
import { isStoryboardFor, pictureAt, planStoryboard, sheetsIn } from "../../src-shared/storyboard.ts";

const FILM = { durationSeconds: 600, width: 1920, height: 1080 };

describe("the storyboard of a film", () => {
  it("has a picture for each ten seconds, 320 pixels wide, and 25 of them on a sheet", () => {
    const storyboard = planStoryboard(FILM);
    expect(storyboard).toEqual({ everySeconds: 10, width: 320, height: 180, columns: 5, rows: 5, count: 60 });
    expect(sheetsIn(storyboard!)).toBe(3);
  });

  it.each([
    ["portrait", 1080, 1920, 180, 320],
    ["4:3", 1440, 1080, 320, 240],
    ["scope", 2048, 858, 320, 134],
    ["a line", 10_000, 2, 320, 16],
    ["a column of one pixel", 1, 4000, 16, 320],
  ])("keeps its shape, within 320 pixels each way: %s", (_what, width, height, shownWidth, shownHeight) => {
    expect(planStoryboard({ ...FILM, width, height })).toMatchObject({ width: shownWidth, height: shownHeight });
  });

  it.each([
    [9.999, undefined],
    [10, { everySeconds: 10, count: 1, columns: 1, rows: 1 }],
    [30.02, { everySeconds: 10, count: 4, columns: 4, rows: 1 }],
    [61, { everySeconds: 10, count: 7, columns: 5, rows: 2 }],
    [10_000, { everySeconds: 10, count: 1000 }],
    [10_000.5, { everySeconds: 11, count: 910 }],
    [100 * HOUR, { everySeconds: 360, count: 1000 }],
  ])("of %d seconds has its bounds", (durationSeconds, expected) => {
    const storyboard = planStoryboard({ ...FILM, durationSeconds });
    if (!expected) return expect(storyboard).toBeUndefined();
    expect(storyboard).toMatchObject(expected);
    expect(isStoryboardFor(storyboard!, durationSeconds)).toBe(true);
  });

  it("is missing for a film whose picture has no size", () => {
    expect(planStoryboard({ ...FILM, width: 0 })).toBeUndefined();
  });

  it("is not taken for a film of another length", () => {
    const storyboard = planStoryboard(FILM)!;
    expect([590.001, 600].map((seconds) => isStoryboardFor(storyboard, seconds))).toEqual([true, true]);
    expect([590, 600.001, 0].map((seconds) => isStoryboardFor(storyboard, seconds))).toEqual([false, false, false]);
  });
});

describe("the picture for a time", () => {
  const storyboard = planStoryboard(FILM)!;

  it.each([
    [0, { sheet: 0, x: 0, y: 0 }],
    [9.99, { sheet: 0, x: 0, y: 0 }],
    [10, { sheet: 0, x: 320, y: 0 }],
    [55, { sheet: 0, x: 0, y: 180 }],
    [249, { sheet: 0, x: 1280, y: 720 }],
    [250, { sheet: 1, x: 0, y: 0 }],
    [600, { sheet: 2, x: 1280, y: 180 }],
    [9e9, { sheet: 2, x: 1280, y: 180 }],
    [-1, { sheet: 0, x: 0, y: 0 }],
  ])("%d s", (seconds, place) => {
    expect(pictureAt(storyboard, seconds)).toEqual(place);
  });
});
