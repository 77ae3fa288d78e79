import { describe, expect, it } from "vitest";
import { GRID_GAP_PX, gridGeometry } from "../../src-renderer/features/catalog/grid-geometry.ts";
import { layOut, moveInGrid } from "../../src-renderer/features/catalog/grid-rows.ts";

const MANY = 60;

describe("grid geometry", () => {
  it.each([
    [400, 16, 1],
    [640, 16, 2],
    [960, 16, 3],
    [1280, 16, 4],
    [1600, 16, 5],
    [1920, 16, 5],
    [2560, 16, 6],
    [1280, 32, 2],
    [960, 32, 2],
    [0, 16, 1],
  ])("in a window of %d px with text of %d px has %d columns", (windowPx, rem, columns) => {
    expect(gridGeometry(windowPx * 0.95, windowPx, rem, MANY).columns).toBe(columns);
  });

  it("fills the width exactly with cards and gaps", () => {
    const { columns, cardPx } = gridGeometry(1232, 1280, 16, MANY);
    expect(columns * cardPx + (columns - 1) * GRID_GAP_PX).toBeCloseTo(1232);
  });

  it("gives larger text more height under the poster", () => {
    const { cardPx: small, rowPx: low } = gridGeometry(400, 400, 16, MANY);
    const { cardPx: same, rowPx: high } = gridGeometry(400, 400, 32, MANY);
    expect(high - (same * 9) / 16).toBeGreaterThan(1.6 * (low - (small * 9) / 16));
  });

  it.each([
    [1, 1232, 1280, 16, 480],
    [3, 1824, 1920, 16, 640],
    [2, 592, 640, 16, 296],
  ])("shows %d titles in one wide column: on %d of %d px with text of %d px, posters of %d px", (titles, ...given) => {
    const [widthPx, windowPx, rem, cardPx] = given;
    expect(gridGeometry(widthPx, windowPx, rem, titles)).toMatchObject({ columns: 1, cardPx, isWide: true });
    expect(gridGeometry(widthPx, windowPx, rem, 4).isWide).toBe(false);
  });
});

describe("moving in a grid of ten cards in four columns", () => {
  const rows = layOut([{ cards: 10, headingPx: 0 }], 4, 200);
  const move = (from: number, key: string): number | null => moveInGrid(from, key, rows, 2);

  it.each([
    [0, "ArrowRight", 1],
    [3, "ArrowRight", 4],
    [4, "ArrowLeft", 3],
    [1, "ArrowDown", 5],
    [5, "ArrowUp", 1],
    [7, "ArrowDown", 9],
    [0, "PageDown", 8],
    [7, "PageDown", 9],
    [9, "PageUp", 1],
    [2, "End", 9],
    [9, "Home", 0],
  ])("from %d with %s goes to %d", (from, key, to) => {
    expect(move(from, key)).toBe(to);
  });

  it.each([
    [0, "ArrowLeft"],
    [9, "ArrowRight"],
    [2, "ArrowUp"],
    [8, "ArrowDown"],
    [0, "Home"],
    [5, "Enter"],
  ])("from %d with %s stays", (from, key) => {
    expect(move(from, key)).toBeNull();
  });
});

describe("the rows of two sections, of five cards and of two, in four columns", () => {
  const rows = layOut(
    [
      { cards: 5, headingPx: 48 },
      { cards: 2, headingPx: 72 },
    ],
    4,
    200,
  );

  it("stand under the headings, one below the other", () => {
    expect(rows.map(({ group, start, end, topPx }) => [group, start, end, topPx])).toEqual([
      [0, 0, 0, 0],
      [0, 0, 4, 48],
      [0, 4, 5, 248],
      [1, 5, 5, 448],
      [1, 5, 7, 520],
    ]);
  });

  it.each([
    [3, "ArrowDown", 4],
    [4, "ArrowDown", 5],
    [6, "ArrowUp", 4],
    [5, "ArrowLeft", 4],
    [0, "PageDown", 5],
    [1, "End", 6],
    [6, "PageUp", 1],
  ])("from %d with %s the focus goes to %d, past the headings", (from, key, to) => {
    expect(moveInGrid(from, key, rows, 2)).toBe(to);
  });

  it("lead out of the grid from the first row only", () => {
    expect(moveInGrid(2, "ArrowUp", rows, 2)).toBeNull();
    expect(moveInGrid(6, "ArrowDown", rows, 2)).toBeNull();
  });
});
