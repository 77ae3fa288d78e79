import type { Snapshot } from "../../../src-shared/ipc/index.ts";
import { indexTitles, type IndexedTitle } from "./search.ts";
import { type Sort, sortTitles } from "./sort.ts";
import type { CatalogItems } from "./use-catalog-items.ts";

/**
 * The titles in the order in which they are watched from this one on. A lesson is followed by the next one of its
 * publisher, however the catalog is sorted; any other title by the one that the catalog shows after it.
 */
export function titlesInOrder(
  catalog: CatalogItems,
  videoId: string,
  sort: Sort,
  language: Snapshot["language"],
): readonly IndexedTitle[] {
  if (catalog.stage !== "ready") return [];
  const titles = indexTitles(catalog.view);
  const isLesson = titles.some(({ item, lesson }) => item.id === videoId && lesson !== null);
  return isLesson ? titles : sortTitles(titles, sort, language);
}
