import { describe, expect, it } from "vitest";
import { moved, withBack, withFirst, withLast, without } from "../../src-renderer/features/queue/list-edits.ts";
import {
  changePlaylist,
  playlistName,
  withoutPlaylist,
  withPlaylist,
} from "../../src-renderer/features/queue/playlist-edits.ts";
import { codePointsOf } from "../../src-shared/encoding/line.ts";
import { MAX_PLAYLIST_NAME_CHARS } from "../../src-shared/limits.ts";

const LIST = ["a", "b", "c", "d"];

describe("a list", () => {
  it.each([
    [0, 2, "b c a d"],
    [3, 0, "d a b c"],
    [1, 99, "a c d b"],
    [1, -5, "b a c d"],
    [2, 2, "a b c d"],
    [9, 0, "a b c d"],
  ])("moves member %i to place %i", (from, to, result) => {
    expect(moved(LIST, from, to).join(" ")).toBe(result);
  });

  it("holds nothing twice", () => {
    expect(withFirst(LIST, "c")).toEqual(["c", "a", "b", "d"]);
    expect(withLast(LIST, "b")).toBe(LIST);
    expect(withLast(LIST, "e")).toEqual([...LIST, "e"]);
    expect(withBack(LIST, "b", 3)).toBe(LIST);
  });

  it("gets back what was removed, at its place", () => {
    const removed = without(LIST, "b");
    expect(removed).toEqual(["a", "c", "d"]);
    expect(withBack(removed, "b", 1)).toEqual(LIST);
    expect(without(LIST, "z")).toBe(LIST);
  });
});

describe("the name of a playlist", () => {
  it.each([
    ["  Le   soir\n", "Le soir"],
    [" \t ", ""],
    ["\u202eabc", "\ufffdabc"],
    ["ليلة", "ليلة"],
  ])("%j is kept as %j", (typed, kept) => {
    expect(playlistName(typed)).toBe(kept);
  });

  it("is cut at the limit, between two characters", () => {
    const cut = playlistName("👩‍🚀".repeat(50));
    expect(codePointsOf(cut)).toBeLessThanOrEqual(MAX_PLAYLIST_NAME_CHARS);
    expect(cut).not.toMatch(/[\uD800-\uDBFF]$/);
  });
});

describe("playlists", () => {
  it("get a number that no other has, and are changed and removed by it", () => {
    const first = withPlaylist([], "One", ["a"]);
    const second = withPlaylist(first.lists, "One", []);
    expect([first.id, second.id]).toEqual([1, 2]);
    const changed = changePlaylist(second.lists, 2, ({ videoIds }) => ({ videoIds: withLast(videoIds, "x") }));
    expect(changed.map(({ videoIds }) => videoIds)).toEqual([["a"], ["x"]]);
    expect(withoutPlaylist(changed, 1)).toEqual([{ id: 2, name: "One", videoIds: ["x"] }]);
  });
});
