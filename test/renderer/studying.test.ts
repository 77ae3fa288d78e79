import { describe, expect, it } from "vitest";
import {
  bookmarkAt,
  bookmarksIn,
  noteOf,
  withBookmark,
  withoutBookmark,
} from "../../src-renderer/features/player/bookmark-edits.ts";
import { createFrameLength, frameTarget } from "../../src-renderer/features/player/frame-length.ts";
import { type Loop, loopTarget, stepLoop } from "../../src-renderer/features/player/loop.ts";
import { parseTime } from "../../src-renderer/features/player/parse-time.ts";
import { codePointsOf } from "../../src-shared/encoding/line.ts";
import { MAX_NOTE_CHARS } from "../../src-shared/limits.ts";
import { videoId } from "./harness/fake-content.ts";

describe("a time that is typed", () => {
  it.each<[string, number]>([
    ["7:02", 422],
    [" 1:02:03 ", 3723],
    ["0:07.5", 7.5],
    ["0:07,5", 7.5],
    ["7\u202f:\u202f02", 422],
    ["90", 90],
    ["90 s", 90],
    ["75:00", 4500],
    ["1h", 3600],
    ["1 h 2 min", 3720],
    ["1H2m3s", 3723],
    ["5 min", 300],
    ["7 min 2", 422],
    ["0", 0],
  ])("%j is %d seconds", (typed, seconds) => {
    expect(parseTime(typed)).toBe(seconds);
  });

  it.each(["", " ", ":", "7:", "7:75", "1:75:00", "-5", "1e9", "abc", "1:2:3:4", "٧:٠٢", "h", "9".repeat(20)])(
    "%j is none",
    (typed) => {
      expect(parseTime(typed)).toBeUndefined();
    },
  );
});

describe("a part that is repeated", () => {
  const loop: Loop = { start: 10, end: 20 };

  it("is set by two presses in either order, and ended by the third", () => {
    const begun = stepLoop(null, 10);
    expect(begun).toEqual({ start: 10, end: null });
    expect(stepLoop(begun, 20)).toEqual(loop);
    expect(stepLoop({ start: 20, end: null }, 10)).toEqual(loop);
    expect(stepLoop(loop, 15)).toBeNull();
  });

  it("begins anew where both presses are at the same place", () => {
    expect(stepLoop({ start: 10, end: null }, 10.2)).toEqual({ start: 10.2, end: null });
  });

  it("begins again when it was played to its end", () => {
    expect(loopTarget(loop, 19.9, 20.1)).toBe(10);
    expect(loopTarget(loop, 19.9, 30)).toBe(10);
    expect(loopTarget(loop, 15, 15.2)).toBeNull();
  });

  it("does not hold who jumps out of it, nor who plays before it", () => {
    expect(loopTarget(loop, 25, 25.2)).toBeNull();
    expect(loopTarget(loop, 5, 20)).toBeNull();
    expect(loopTarget({ start: 10, end: null }, 19, 21)).toBeNull();
    expect(loopTarget(null, 19, 21)).toBeNull();
  });
});

describe("bookmarks", () => {
  const [film, other] = [videoId(1), videoId(2)];
  const mark = (id: string, seconds: number, note = "") => ({ videoId: id, seconds, note });

  it("stand in the order of time, those of other videos apart", () => {
    const all = [mark(film, 20), mark(other, 1), mark(film, 5)];
    expect(bookmarksIn(all, film).map(({ seconds }) => seconds)).toEqual([5, 20]);
  });

  it("take the place of one that is less than a second away, in the same video", () => {
    const before = [mark(film, 5, "old"), mark(other, 5.5, "other")];
    expect(bookmarkAt(before, film, 5.9)?.note).toBe("old");
    expect(withBookmark(before, mark(film, 5.9, "new"))).toEqual([mark(other, 5.5, "other"), mark(film, 5.9, "new")]);
    expect(withBookmark(before, mark(film, 6, "next"))).toHaveLength(3);
    expect(withoutBookmark(before, mark(film, 5))).toEqual([mark(other, 5.5, "other")]);
  });

  it("have a note of one line, no longer than allowed", () => {
    expect(noteOf("  la\n main\u202e ")).toBe("la main\ufffd");
    expect(codePointsOf(noteOf("🪢".repeat(500)))).toBe(MAX_NOTE_CHARS);
  });
});

describe("the length of a picture", () => {
  it("is learned from pictures that follow each other, not from jumps or dropped ones", () => {
    const length = createFrameLength();
    expect(length.current()).toBe(0.04);
    length.learn({ mediaTime: 1, presentedFrames: 10 });
    length.learn({ mediaTime: 1 + 1 / 60, presentedFrames: 11 });
    expect(length.current()).toBeCloseTo(1 / 60);
    length.learn({ mediaTime: 2, presentedFrames: 15 });
    length.learn({ mediaTime: 90, presentedFrames: 16 });
    length.learn({ mediaTime: 5, presentedFrames: 17 });
    expect(length.current()).toBeCloseTo(1 / 60);
  });

  it("leads to the middle of a picture", () => {
    expect(frameTarget(1, 0.04)).toBeCloseTo(1.02);
  });
});
