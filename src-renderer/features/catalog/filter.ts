import type { CatalogItem } from "../../../src-shared/ipc/index.ts";
import type { IndexedTitle } from "./search.ts";

export const FILTERS = ["all", "unbegun", "begun", "finished"] as const;
export type Filter = (typeof FILTERS)[number];

/** How far a viewer is with a title. */
export function stageOf({ finished, positionSeconds }: CatalogItem): Exclude<Filter, "all"> {
  if (finished) return "finished";
  return positionSeconds > 0 ? "begun" : "unbegun";
}

export function filterTitles(titles: readonly IndexedTitle[], filter: Filter): readonly IndexedTitle[] {
  return filter === "all" ? titles : titles.filter(({ item }) => stageOf(item) === filter);
}
