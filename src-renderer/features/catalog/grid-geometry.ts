export type GridGeometry = {
  readonly columns: number;
  readonly cardPx: number;
  readonly rowPx: number;
  /** The heights of the heading of a section, and of the line of its description, as `section-heading.module.css` has them. */
  readonly headingPx: number;
  readonly descriptionPx: number;
  /** One card a row, with its words beside the poster. */
  readonly isWide: boolean;
};

/** From each of these widths of the window, in rem, the cards stand in one column more. */
const COLUMN_STEPS_REM = [30, 45, 70, 100, 140];
/** The gap under the poster, two lines of the title and the line of the state, as `title-card.module.css` has them. */
const GAPS_PX = 10;
const LINES_REM = 3.75;
/** `--space-5`, between columns and rows. */
export const GRID_GAP_PX = 24;

// With the room for the ring around a focused card.
const HEADING_REM = 3.5;
const DESCRIPTION_REM = 1.5;

/** A stick with so few titles shows each in a row of its own. */
const MAX_WIDE_TITLES = 3;
const WIDE_POSTER_PX = 480;
const WIDER_POSTER_PX = 640;
const WIDER_FROM_REM = 100;
/** Three lines of a large title, the state and the button. */
const WIDE_WORDS_REM = 11;

/**
 * Cards of equal width with 16:9 posters.
 *
 * @param widthPx what the cards share
 */
export function gridGeometry(widthPx: number, windowPx: number, remPx: number, titles: number): GridGeometry {
  const windowRem = windowPx / remPx;
  const heading = { headingPx: HEADING_REM * remPx, descriptionPx: DESCRIPTION_REM * remPx };
  if (titles <= MAX_WIDE_TITLES) {
    const largest = windowRem >= WIDER_FROM_REM ? WIDER_POSTER_PX : WIDE_POSTER_PX;
    const cardPx = Math.max(0, Math.min(largest, widthPx / 2));
    const rowPx = Math.ceil(Math.max((cardPx * 9) / 16, WIDE_WORDS_REM * remPx) + GRID_GAP_PX);
    return { columns: 1, cardPx, rowPx, ...heading, isWide: true };
  }
  const columns = 1 + COLUMN_STEPS_REM.filter((step) => windowRem >= step).length;
  const cardPx = Math.max(0, (widthPx - (columns - 1) * GRID_GAP_PX) / columns);
  const rowPx = Math.ceil((cardPx * 9) / 16 + GAPS_PX + LINES_REM * remPx + GRID_GAP_PX);
  return { columns, cardPx, rowPx, ...heading, isWide: false };
}
