import { describe, expect, it } from "vitest";
import { GRID_GAP_PX, gridGeometry, moveInGrid } from "../../src-renderer/features/catalog/grid-geometry.ts";

describe("grid geometry", () => {
  it.each([
    [912, 16, 3],
    [1232, 16, 5],
    [1872, 16, 7],
    [912, 32, 2],
    [200, 16, 1],
    [0, 16, 1],
  ])("puts cards on %d px with text of %d px in %d columns", (width, rem, columns) => {
    expect(gridGeometry(width, rem).columns).toBe(columns);
  });

  it("fills the width exactly with cards and gaps", () => {
    const { columns, cardPx } = gridGeometry(1232, 16);
    expect(columns * cardPx + (columns - 1) * GRID_GAP_PX).toBeCloseTo(1232);
  });

  it("gives larger text more height under the poster", () => {
    const poster = (rem: number): number => (gridGeometry(400, rem).cardPx * 9) / 16;
    expect(gridGeometry(400, 32).rowPx - poster(32)).toBeGreaterThan(1.7 * (gridGeometry(400, 16).rowPx - poster(16)));
  });
});

describe("moving in a grid of ten cards in four columns", () => {
  const move = (from: number, key: string): number | null => moveInGrid(from, key, 4, 2, 10);

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
