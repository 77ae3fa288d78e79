export type GridGeometry = { readonly columns: number; readonly cardPx: number; readonly rowPx: number };

/** The minimum width of a card and the height of its text, in rem so that large text fits. */
const MIN_CARD_REM = 13.5;
const WORDS_REM = 4.375;
/** `--space-5`, between columns and rows. */
export const GRID_GAP_PX = 24;

/** Fits as many cards of equal width as there is room for. Posters are 16:9. */
export function gridGeometry(widthPx: number, remPx: number): GridGeometry {
  const columns = Math.max(1, Math.floor((widthPx + GRID_GAP_PX) / (MIN_CARD_REM * remPx + GRID_GAP_PX)));
  const cardPx = Math.max(0, (widthPx - (columns - 1) * GRID_GAP_PX) / columns);
  return { columns, cardPx, rowPx: Math.ceil((cardPx * 9) / 16 + WORDS_REM * remPx + GRID_GAP_PX) };
}

/** The card that a key moves the focus to in a grid of `count` cards; `null` where the key moves nothing. */
export function moveInGrid(
  index: number,
  key: string,
  columns: number,
  pageRows: number,
  count: number,
): number | null {
  const last = count - 1;
  const target = targetOf(index, key, columns, pageRows, last);
  if (target === null || target === index) return null;
  // Above an incomplete last row, arrow down moves to the last card.
  if (target > last) return Math.floor(index / columns) < Math.floor(last / columns) ? last : null;
  return target < 0 ? null : target;
}

function targetOf(index: number, key: string, columns: number, pageRows: number, last: number): number | null {
  switch (key) {
    case "ArrowLeft":
      return index - 1;
    case "ArrowRight":
      return index + 1;
    case "ArrowUp":
      return index - columns;
    case "ArrowDown":
      return index + columns;
    case "PageUp":
      return Math.max(index % columns, index - pageRows * columns);
    case "PageDown":
      return Math.min(last, index + pageRows * columns);
    case "Home":
      return 0;
    case "End":
      return last;
    default:
      return null;
  }
}
