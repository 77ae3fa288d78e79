import type { Snapshot } from "../../../src-shared/ipc/index.ts";
import type { IndexedTitle } from "./search.ts";

export const SORTS = ["title", "added", "length", "watched"] as const;
export type Sort = (typeof SORTS)[number];

type Compare = (a: IndexedTitle, b: IndexedTitle) => number;

/** Compares numbers in titles as numbers: episode 2 comes before episode 10. */
export function sortTitles(
  titles: readonly IndexedTitle[],
  sort: Sort,
  language: Snapshot["language"],
): readonly IndexedTitle[] {
  const collator = new Intl.Collator(language, { numeric: true, sensitivity: "base" });
  const byTitle: Compare = (a, b) => collator.compare(a.item.title, b.item.title);
  const orders: { readonly [sort in Sort]: Compare } = {
    title: byTitle,
    added: (a, b) => b.item.added - a.item.added,
    length: (a, b) => a.item.durationSeconds - b.item.durationSeconds,
    watched: (a, b) => b.item.watched - a.item.watched,
  };
  return titles.toSorted((a, b) => orders[sort](a, b) || byTitle(a, b));
}

const MAX_CONTINUE = 12;

/** The videos that were begun and not finished, the last watched first. */
export function continueWatching(titles: readonly IndexedTitle[]): readonly IndexedTitle[] {
  return titles
    .filter(({ item }) => item.included && !item.finished && item.positionSeconds > 0 && item.watched > 0)
    .toSorted((a, b) => b.item.watched - a.item.watched)
    .slice(0, MAX_CONTINUE);
}
