import { describe, expect, it } from "vitest";
import { continueWatching } from "../../src-renderer/features/catalog/continue-watching.ts";
import { FILTERS, filterTitles } from "../../src-renderer/features/catalog/filter.ts";
import { indexTitles } from "../../src-renderer/features/catalog/search.ts";
import { groupTitles, progressOf } from "../../src-renderer/features/catalog/sections.ts";
import type { CatalogItem } from "../../src-shared/ipc/index.ts";

const SECTIONS = ["Knots", "Sails"].map((title) => ({ title, description: "" }));

function titled(title: string, part: Partial<CatalogItem> = {}): CatalogItem {
  const never = { positionSeconds: 0, watched: 0, finished: false };
  const facts = { description: "", section: null, durationSeconds: 60, added: 0, posterUrl: null, included: true };
  return { id: title, title, ...facts, ...never, ...part };
}

const lesson = (section: number, number: number, part: Partial<CatalogItem> = {}) =>
  titled(`${section}.${number}`, { section, ...part });
const begun = (watched: number) => ({ positionSeconds: 20, watched });
const finished = (watched: number) => ({ finished: true, watched });
const offered = (items: readonly CatalogItem[]) =>
  continueWatching(indexTitles({ sections: SECTIONS, items })).map(({ item }) => item.title);

describe("continue watching", () => {
  it("offers the videos that were begun, the last watched first, and none that is finished or not included", () => {
    const items = [
      titled("old", begun(1)),
      titled("finished", { ...begun(5), finished: true }),
      titled("apart", { ...begun(6), included: false }),
      titled("never", {}),
      titled("new", begun(7)),
    ];
    expect(offered(items)).toEqual(["new", "old"]);
  });

  it.each([
    ["the lesson after the one that was finished last", [finished(5), {}, {}], ["0.2"]],
    ["not the first that is open: a viewer may begin in the middle", [{}, finished(5), {}], ["0.3"]],
    ["the lesson that was begun last, and one alone", [begun(3), begun(5), {}], ["0.2"]],
    ["the lesson that was begun, although a later one is finished for longer", [begun(7), finished(5), {}], ["0.1"]],
    ["a lesson that was seen again: then the next that is open", [finished(9), finished(5), {}], ["0.3"]],
    ["nothing of a section that nobody has begun", [{}, {}, {}], []],
    ["nothing after the last lesson", [{}, {}, finished(5)], []],
    ["the next that the license includes", [finished(5), { included: false }, {}], ["0.3"]],
  ])("offers of a section %s", (_what, parts, titles) => {
    expect(offered(parts.map((part, index) => lesson(0, index + 1, part)))).toEqual(titles);
  });

  it("puts sections and single videos in the order in which they were watched", () => {
    const items = [
      titled("single", begun(4)),
      lesson(0, 1, finished(3)),
      lesson(0, 2),
      lesson(1, 1, finished(8)),
      lesson(1, 2),
    ];
    expect(offered(items)).toEqual(["1.2", "single", "0.2"]);
  });
});

describe("the sections", () => {
  const items = [
    lesson(1, 1),
    titled("Welcome", finished(1)),
    lesson(0, 1, finished(1)),
    lesson(0, 2, { positionSeconds: 20, watched: 2 }),
    lesson(0, 3, { included: false }),
  ];
  const titles = indexTitles({ sections: SECTIONS, items });
  const progress = progressOf(titles, SECTIONS);

  it("count what the license includes: how many are finished, and how long the others still take", () => {
    expect(progress).toEqual([
      { title: "Knots", description: "", done: 1, total: 2, leftSeconds: 40 },
      { title: "Sails", description: "", done: 0, total: 1, leftSeconds: 60 },
    ]);
  });

  it("have headings in the publisher's order alone", () => {
    const outline = (sort: "order" | "title") =>
      groupTitles(titles, progress, sort).map((group) => [
        group.heading?.title ?? null,
        group.titles.map(({ item }) => item.title),
      ]);
    expect(outline("order")).toEqual([
      [null, ["Welcome"]],
      ["Knots", ["0.1", "0.2", "0.3"]],
      ["Sails", ["1.1"]],
    ]);
    expect(outline("title")).toHaveLength(1);
  });

  it("keep their whole progress where a filter shows a part of them", () => {
    const counts = FILTERS.map((filter) => filterTitles(titles, filter).length);
    expect(counts).toEqual([5, 2, 1, 2]);
    const [group] = groupTitles(filterTitles(titles, "begun"), progress, "order");
    expect(group?.heading).toBe(progress[0]);
  });
});
