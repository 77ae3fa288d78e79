import type { Snapshot } from "../../../src-shared/ipc/index.ts";
import type { IndexedTitle } from "./search.ts";

/** `order` is that of the publisher. */
export const SORTS = ["order", "title", "added", "length", "watched"] as const;
export type Sort = (typeof SORTS)[number];

type Compare = (a: IndexedTitle, b: IndexedTitle) => number;

/** Compares numbers in titles as numbers: episode 2 comes before episode 10. */
export function sortTitles(
  titles: readonly IndexedTitle[],
  sort: Sort,
  language: Snapshot["language"],
): readonly IndexedTitle[] {
  if (sort === "order") return titles;
  const collator = new Intl.Collator(language, { numeric: true, sensitivity: "base" });
  const byTitle: Compare = (a, b) => collator.compare(a.item.title, b.item.title);
  const orders: { readonly [sort in Exclude<Sort, "order">]: Compare } = {
    title: byTitle,
    added: (a, b) => b.item.added - a.item.added,
    length: (a, b) => a.item.durationSeconds - b.item.durationSeconds,
    watched: (a, b) => b.item.watched - a.item.watched,
  };
  return titles.toSorted((a, b) => orders[sort](a, b) || byTitle(a, b));
}
