import { expect, it } from "vitest";
import { nextTitle } from "../../src-renderer/features/catalog/next-title.ts";
import { catalogOf } from "./harness/fake-content.ts";

const NAMES = ["Lesson 10", "Lesson 2", "Lesson 1", "Lesson 9"];
const items = catalogOf(4).map((item, index) => ({ ...item, title: NAMES[index] ?? "", included: index !== 3 }));
const catalog = { stage: "ready", items } as const;
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

it("offers nothing while the catalog is read", () => {
  expect(nextTitle({ stage: "loading" }, one ?? "", "title", "en")).toBeNull();
});
