import { useMemo } from "react";
import type { CatalogView, Snapshot } from "../../../src-shared/ipc/index.ts";
import { continueWatching } from "./continue-watching.ts";
import { type Filter, filterTitles } from "./filter.ts";
import { indexTitles, type IndexedTitle, searchTitles } from "./search.ts";
import { groupTitles, progressOf, type TitleGroup } from "./sections.ts";
import { type Sort, sortTitles } from "./sort.ts";

export type Selection = { readonly query: string; readonly sort: Sort; readonly filter: Filter };

export type Titles = {
  /** What the search and the filter leave, in their order, under the headings of their sections. */
  readonly groups: readonly TitleGroup[];
  readonly found: number;
  /** What the viewer goes on with. */
  readonly begun: readonly IndexedTitle[];
};

const NOTHING: CatalogView = { sections: [], items: [] };

/** Each step is kept until what it depends on changes: a keystroke only searches. */
export function useTitles(
  view: CatalogView = NOTHING,
  { query, sort, filter }: Selection,
  language: Snapshot["language"],
): Titles {
  const titles = useMemo(() => indexTitles(view), [view]);
  const sections = useMemo(() => progressOf(titles, view.sections), [titles, view]);
  const begun = useMemo(() => continueWatching(titles), [titles]);
  const sorted = useMemo(() => sortTitles(titles, sort, language), [titles, sort, language]);
  const filtered = useMemo(() => filterTitles(sorted, filter), [sorted, filter]);
  const found = useMemo(() => searchTitles(filtered, query), [filtered, query]);
  const groups = useMemo(() => groupTitles(found, sections, sort), [found, sections, sort]);
  return { groups, found: found.length, begun };
}
