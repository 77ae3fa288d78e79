import type { CatalogItem } from "../../../src-shared/ipc/index.ts";

/** A title and what a search compares: folded once when the catalog arrives, not at every keystroke. */
export type IndexedTitle = { readonly item: CatalogItem; readonly folded: string };

/** Letters that Unicode does not take apart. */
const LETTERS: readonly (readonly [string, string])[] = [
  ["œ", "oe"],
  ["æ", "ae"],
  ["ß", "ss"],
  ["ø", "o"],
  ["ł", "l"],
  ["đ", "d"],
  ["ı", "i"],
];

/** Makes "Été à l’Œuvre" and "ete a l'oeuvre" the same. */
export function fold(text: string): string {
  const bare = text.normalize("NFKD").replaceAll(/\p{M}/gu, "").toLowerCase().replaceAll(/[’‘ʼ]/g, "'");
  return LETTERS.reduce((folded, [letter, plain]) => folded.replaceAll(letter, plain), bare);
}

export function indexTitles(items: readonly CatalogItem[]): readonly IndexedTitle[] {
  return items.map((item) => ({ item, folded: fold(item.title) }));
}

/** Keeps the titles that contain every word of the query, in any order of words. */
export function searchTitles(titles: readonly IndexedTitle[], query: string): readonly IndexedTitle[] {
  const words = fold(query)
    .split(/\s+/)
    .filter((word) => word !== "");
  if (words.length === 0) return titles;
  return titles.filter(({ folded }) => words.every((word) => folded.includes(word)));
}
