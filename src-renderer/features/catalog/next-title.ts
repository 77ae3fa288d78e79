import type { Snapshot } from "../../../src-shared/ipc/index.ts";
import { indexTitles } from "./search.ts";
import { type Sort, sortTitles } from "./sort.ts";
import type { CatalogItems } from "./use-catalog-items.ts";

/** The included title after this one, in the order in which the catalog shows all titles; `null` after the last. */
export function nextTitle(
  catalog: CatalogItems,
  videoId: string,
  sort: Sort,
  language: Snapshot["language"],
): { readonly id: string; readonly title: string } | null {
  if (catalog.stage !== "ready") return null;
  const sorted = sortTitles(indexTitles(catalog.view), sort, language);
  const place = sorted.findIndex(({ item }) => item.id === videoId);
  if (place === -1) return null;
  return sorted.slice(place + 1).find(({ item }) => item.included)?.item ?? null;
}
