import type { CatalogView } from "../../../src-shared/ipc/index.ts";
import type { IndexedTitle } from "./search.ts";
import type { Sort } from "./sort.ts";

/** A section of the catalog, and how far the viewer is with all of it. */
export type SectionProgress = {
  readonly title: string;
  readonly description: string;
  /** Of the titles that the license includes. */
  readonly done: number;
  readonly total: number;
  readonly leftSeconds: number;
};

/** Titles that stand together, under a heading or under none. */
export type TitleGroup = { readonly heading: SectionProgress | null; readonly titles: readonly IndexedTitle[] };

/** The progress in every section, over all of its titles. */
export function progressOf(
  titles: readonly IndexedTitle[],
  sections: CatalogView["sections"],
): readonly SectionProgress[] {
  const progress = sections.map((section) => ({ ...section, done: 0, total: 0, leftSeconds: 0 }));
  for (const { item } of titles) {
    const one = item.section === null ? undefined : progress[item.section];
    if (one === undefined || !item.included) continue;
    one.total++;
    if (item.finished) one.done++;
    else one.leftSeconds += Math.max(0, item.durationSeconds - item.positionSeconds);
  }
  return progress;
}

/** Titles that are sorted, under the headings of their sections where they stand in the order of the publisher. */
export function groupTitles(
  titles: readonly IndexedTitle[],
  sections: readonly SectionProgress[],
  sort: Sort,
): readonly TitleGroup[] {
  if (sort !== "order" || sections.length === 0) return [{ heading: null, titles }];
  const groups = Map.groupBy(titles, ({ item }) => item.section);
  return [...groups].map(([section, found]) => ({
    heading: section === null ? null : (sections[section] ?? null),
    titles: found,
  }));
}
