import { type RefObject, useLayoutEffect, useState } from "react";
import { type GridGeometry, gridGeometry } from "./grid-geometry.ts";

/** How the cards fit into `content`; measured again when its width or the text size (the width of `rem`, 1rem) changes. */
export function useGridGeometry(
  content: RefObject<HTMLElement | null>,
  rem: RefObject<HTMLElement | null>,
): GridGeometry | null {
  const [geometry, setGeometry] = useState<GridGeometry | null>(null);

  useLayoutEffect(() => {
    const [box, unit] = [content.current, rem.current];
    if (box === null || unit === null) return undefined;
    const measure = (): void => {
      const { paddingLeft, paddingRight } = getComputedStyle(box);
      const widthPx = box.clientWidth - Number.parseFloat(paddingLeft) - Number.parseFloat(paddingRight);
      const next = gridGeometry(widthPx, unit.getBoundingClientRect().width);
      setGeometry((last) => (last?.cardPx === next.cardPx && last.rowPx === next.rowPx ? last : next));
    };
    measure();
    const observer = new ResizeObserver(measure);
    observer.observe(box);
    observer.observe(unit);
    return () => observer.disconnect();
  }, [content, rem]);

  return geometry;
}
