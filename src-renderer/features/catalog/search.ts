import type { CatalogItem, CatalogView } from "../../../src-shared/ipc/index.ts";

/** The place of a title among those of its section. */
export type Lesson = { readonly section: string; readonly number: number; readonly of: number };

export type IndexedTitle = {
  readonly item: CatalogItem;
  /** `null`: it belongs to no section. */
  readonly lesson: Lesson | null;
  /** What the search compares: folded once when the catalog arrives, not at each keystroke. */
  readonly folded: string;
};

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

/** The titles in the order of their publisher: those of no section, then section by section. */
export function indexTitles({ items, sections }: CatalogView): readonly IndexedTitle[] {
  const foldedSections = sections.map(({ title, description }) => fold(`${title}\n${description}`));
  const sizes = sections.map(() => 0);
  for (const { section } of items) if (section !== null) sizes[section] = (sizes[section] ?? 0) + 1;
  const counted = sections.map(() => 0);
  const indexed = items.map((item): IndexedTitle => {
    const { section, title, description } = item;
    const own = fold(`${title}\n${description}`);
    if (section === null) return { item, lesson: null, folded: own };
    const number = (counted[section] = (counted[section] ?? 0) + 1);
    const lesson = { section: sections[section]?.title ?? "", number, of: sizes[section] ?? number };
    return { item, lesson, folded: `${own}\n${foldedSections[section] ?? ""}` };
  });
  return indexed.toSorted((a, b) => (a.item.section ?? -1) - (b.item.section ?? -1));
}

/** Keeps the titles that contain every word of the query, in any order, in their title, section or descriptions. */
export function searchTitles(titles: readonly IndexedTitle[], query: string): readonly IndexedTitle[] {
  const words = fold(query)
    .split(/\s+/)
    .filter((word) => word !== "");
  if (words.length === 0) return titles;
  return titles.filter(({ folded }) => words.every((word) => folded.includes(word)));
}
