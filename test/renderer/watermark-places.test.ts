import { describe, expect, it } from "vitest";
import { nextPlace, pictureIn, PLACES, stayMs } from "../../src-renderer/features/player/watermark-places.ts";

describe("a watermark that moves", () => {
  it("goes to each of the other places, never to the one it is in", () => {
    for (const current of PLACES.keys()) {
      const reached = Array.from({ length: 1_000 }, (_, step) => nextPlace(current, step / 1_000));
      expect(new Set(reached).size).toBe(PLACES.length - 1);
      expect(reached).not.toContain(current);
    }
  });

  it("stays 20 to 40 seconds", () => {
    expect([stayMs(0), stayMs(0.5)]).toEqual([20_000, 30_000]);
    expect(stayMs(0.999_999)).toBeLessThan(40_000);
  });

  it("leaves the middle of the picture and the lines of the subtitles free", () => {
    for (const { x, y } of PLACES) {
      expect(y).toBeLessThanOrEqual(0.7);
      expect(Math.hypot(x - 0.5, y - 0.5)).toBeGreaterThan(0.15);
    }
  });
});

describe("the place of a picture in its element", () => {
  it.each([
    ["bars above and below", { width: 1600, height: 1000 }, { left: 0, top: 50, width: 1600, height: 900 }],
    ["bars at both sides", { width: 2000, height: 900 }, { left: 200, top: 0, width: 1600, height: 900 }],
    ["no bars", { width: 320, height: 180 }, { left: 0, top: 0, width: 320, height: 180 }],
  ])("has %s", (_what, element, box) => {
    expect(pictureIn(element, { width: 1280, height: 720 })).toEqual(box);
  });

  it("is the whole element while there is no picture yet", () => {
    const whole = { left: 0, top: 0, width: 800, height: 600 };
    expect(pictureIn({ width: 800, height: 600 }, { width: 0, height: 0 })).toEqual(whole);
  });
});
