import { expect, it } from "vitest";
import { nextTitle } from "../../src-renderer/features/catalog/next-title.ts";
import { catalogOf } from "./harness/fake-content.ts";

const NAMES = ["Lesson 10", "Lesson 2", "Lesson 1", "Lesson 9"];
const items = catalogOf(4).map((item, index) => ({ ...item, title: NAMES[index] ?? "", included: index !== 3 }));
const catalog = { stage: "ready", view: { sections: [], items } } as const;
const [ten, two, one, nine] = items.map(({ id }) => id);

it.each([
  ["the next in the order of the catalog", one, "Lesson 2"],
  ["the next that is included", two, "Lesson 10"],
  ["nothing after the last", ten, null],
  ["the next after one that is not included", nine, "Lesson 10"],
  ["nothing after a title that is gone", "gone", null],
])("offers %s", (_name, id, title) => {
  expect(nextTitle(catalog, id ?? "", "title", "en")?.title ?? null).toBe(title);
});

it("follows the order of the publisher, from the last lesson of a section to the first of the next", () => {
  const sections = [
    { title: "One", description: "" },
    { title: "Two", description: "" },
  ];
  const [a, b, c, d] = items;
  const placed = [
    { ...c!, section: 1 },
    { ...a!, section: 0 },
    { ...d!, section: null },
    { ...b!, section: 0 },
  ];
  const course = { stage: "ready", view: { sections, items: placed } } as const;
  const following = (id: string) => nextTitle(course, id, "order", "en")?.id;
  expect([d, a, b, c].map((lesson) => following(lesson!.id))).toEqual([a!.id, b!.id, c!.id, undefined]);
});

it("offers nothing while the catalog is read", () => {
  expect(nextTitle({ stage: "loading" }, one ?? "", "title", "en")).toBeNull();
});
