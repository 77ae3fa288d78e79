import { type RefObject, useLayoutEffect, useState } from "react";
import { type GridGeometry, gridGeometry } from "./grid-geometry.ts";

/**
 * How the cards of a stick with so many titles fit into `content`; measured again when its width or the text size (the
 * width of `rem`, 1rem) changes.
 */
export function useGridGeometry(
  content: RefObject<HTMLElement | null>,
  rem: RefObject<HTMLElement | null>,
  titles: number,
): GridGeometry | null {
  const [geometry, setGeometry] = useState<GridGeometry | null>(null);

  useLayoutEffect(() => {
    const [box, unit] = [content.current, rem.current];
    if (box === null || unit === null) return undefined;
    const measure = (): void => {
      const { paddingLeft, paddingRight } = getComputedStyle(box);
      const widthPx = box.clientWidth - Number.parseFloat(paddingLeft) - Number.parseFloat(paddingRight);
      const next = gridGeometry(widthPx, window.innerWidth, unit.getBoundingClientRect().width, titles);
      setGeometry((last) => (isEqual(last, next) ? last : next));
    };
    measure();
    const observer = new ResizeObserver(measure);
    observer.observe(box);
    observer.observe(unit);
    return () => observer.disconnect();
  }, [content, rem, titles]);

  return geometry;
}

function isEqual(last: GridGeometry | null, next: GridGeometry): boolean {
  return (
    last?.cardPx === next.cardPx &&
    last.rowPx === next.rowPx &&
    last.headingPx === next.headingPx &&
    last.columns === next.columns
  );
}
