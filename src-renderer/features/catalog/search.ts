import type { CatalogItem } from "../../../src-shared/ipc/index.ts";

/** A title with its folded form, which the search compares: folded once when the catalog arrives, not at each keystroke. */
export type IndexedTitle = { readonly item: CatalogItem; readonly folded: string };

/** Letters that Unicode normalization does not decompose. */
const LETTERS: readonly (readonly [string, string])[] = [
  ["œ", "oe"],
  ["æ", "ae"],
  ["ß", "ss"],
  ["ø", "o"],
  ["ł", "l"],
  ["đ", "d"],
  ["ı", "i"],
];

/** Folds accents, case and apostrophes: "Été à l’Œuvre" becomes "ete a l'oeuvre". */
export function fold(text: string): string {
  const bare = text.normalize("NFKD").replaceAll(/\p{M}/gu, "").toLowerCase().replaceAll(/[’‘ʼ]/g, "'");
  return LETTERS.reduce((folded, [letter, plain]) => folded.replaceAll(letter, plain), bare);
}

export function indexTitles(items: readonly CatalogItem[]): readonly IndexedTitle[] {
  return items.map((item) => ({ item, folded: fold(item.title) }));
}

/** Keeps the titles that contain every word of the query, in any order. */
export function searchTitles(titles: readonly IndexedTitle[], query: string): readonly IndexedTitle[] {
  const words = fold(query)
    .split(/\s+/)
    .filter((word) => word !== "");
  if (words.length === 0) return titles;
  return titles.filter(({ folded }) => words.every((word) => folded.includes(word)));
}
