import { expect, it } from "vitest";
import { formatBookmarks } from "../../src-shared/format-bookmarks.ts";
import { testId } from "../fakes/test-keys.ts";

const [a, b, gone] = [testId("a"), testId("b"), testId("gone")];
const videos = [
  { id: b, title: "Épissures" },
  { id: a, title: "Nœuds" },
];

it("writes the bookmarks of each video in the order of the catalog and of time, and those of videos that are gone last", () => {
  const text = formatBookmarks(
    [
      { videoId: a, seconds: 3723.9, note: "Encore une fois" },
      { videoId: gone, seconds: 1, note: "?" },
      { videoId: a, seconds: 7.2, note: "" },
      { videoId: b, seconds: 422, note: "La main" },
    ],
    videos,
  );
  expect(text).toBe("Épissures\n0:07:02  La main\n\nNœuds\n0:00:07\n1:02:03  Encore une fois\n\n—\n0:00:01  ?\n");
});

it("writes nothing where there are none", () => {
  expect(formatBookmarks([], videos)).toBe("");
});
