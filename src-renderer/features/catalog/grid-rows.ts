/** A row of the grid: of cards, or the heading of the cards that follow. */
export type GridRow = {
  readonly group: number;
  /** The first card, and the first that is in the row no more; both are the same in the row of a heading. */
  readonly start: number;
  readonly end: number;
  readonly topPx: number;
  readonly heightPx: number;
};

export type GroupShape = { readonly cards: number; readonly headingPx: number };

/** The rows of a grid whose groups have so many cards, and a heading where its height is not 0. */
export function layOut(groups: readonly GroupShape[], columns: number, rowPx: number): readonly GridRow[] {
  const rows: GridRow[] = [];
  let [topPx, first] = [0, 0];
  const add = (group: number, start: number, end: number, heightPx: number): void => {
    rows.push({ group, start, end, topPx, heightPx });
    topPx += heightPx;
  };
  for (const [group, { cards, headingPx }] of groups.entries()) {
    if (headingPx > 0) add(group, first, first, headingPx);
    for (let start = first; start < first + cards; start += columns) {
      add(group, start, Math.min(start + columns, first + cards), rowPx);
    }
    first += cards;
  }
  return rows;
}

/** The row in which a card is; -1 if there is none. */
export function rowOfCard(rows: readonly GridRow[], index: number): number {
  return rows.findIndex(({ start, end }) => index >= start && index < end);
}

/** The card that a key moves the focus to; `null` where the key moves nothing. */
export function moveInGrid(index: number, key: string, rows: readonly GridRow[], pageRows: number): number | null {
  const ofCards = rows.filter(({ start, end }) => end > start);
  const row = rowOfCard(ofCards, index);
  const last = (ofCards.at(-1)?.end ?? 0) - 1;
  const target = targetOf(index, key, ofCards, row, pageRows, last);
  return target === null || target === index || target < 0 || target > last ? null : target;
}

function targetOf(
  index: number,
  key: string,
  rows: readonly GridRow[],
  row: number,
  pageRows: number,
  last: number,
): number | null {
  const column = index - (rows[row]?.start ?? 0);
  // In a row that is shorter, the last card.
  const inRow = (place: number): number | null => {
    const there = rows[place];
    return there === undefined ? null : Math.min(there.start + column, there.end - 1);
  };
  switch (key) {
    case "ArrowLeft":
      return index - 1;
    case "ArrowRight":
      return index + 1;
    case "ArrowUp":
      return inRow(row - 1);
    case "ArrowDown":
      return inRow(row + 1);
    case "PageUp":
      return inRow(Math.max(0, row - pageRows));
    case "PageDown":
      return row + pageRows < rows.length ? inRow(row + pageRows) : last;
    case "Home":
      return 0;
    case "End":
      return last;
    default:
      return null;
  }
}
