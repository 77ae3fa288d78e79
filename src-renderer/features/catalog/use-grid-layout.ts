import { type RefObject, useLayoutEffect, useState } from "react";
import { type GridGeometry, gridGeometry } from "./grid-geometry.ts";

type Layout = GridGeometry & {
  /** Where the grid begins inside what scrolls. */
  readonly topPx: number;
  readonly pageRows: number;
};

/** Measures the room for the grid: again when the window, the text size or what stands above it changes. */
export function useGridLayout(
  scroller: RefObject<HTMLElement | null>,
  grid: RefObject<HTMLElement | null>,
  rem: RefObject<HTMLElement | null>,
): Layout | null {
  const [layout, setLayout] = useState<Layout | null>(null);

  useLayoutEffect(() => {
    const measure = (): void => {
      if (scroller.current === null || grid.current === null || rem.current === null) return;
      const geometry = gridGeometry(grid.current.clientWidth, rem.current.getBoundingClientRect().width);
      const topPx = grid.current.offsetTop;
      const pageRows = Math.max(1, Math.floor(scroller.current.clientHeight / geometry.rowPx));
      setLayout((last) => {
        const next = { ...geometry, topPx, pageRows };
        return last !== null && JSON.stringify(last) === JSON.stringify(next) ? last : next;
      });
    };
    measure();
    const observer = new ResizeObserver(measure);
    const above = grid.current?.parentElement;
    for (const element of [scroller.current, rem.current, above]) if (element) observer.observe(element);
    return () => observer.disconnect();
  }, [scroller, grid, rem]);

  return layout;
}
