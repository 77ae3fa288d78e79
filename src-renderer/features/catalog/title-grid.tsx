import { defaultRangeExtractor, useVirtualizer } from "@tanstack/react-virtual";
import { type KeyboardEvent, type ReactNode, type RefObject, useLayoutEffect, useRef, useState } from "react";
import { type GridGeometry, moveInGrid } from "./grid-geometry.ts";
import type { IndexedTitle } from "./search.ts";
import { type PickTitle, TitleCard } from "./title-card.tsx";
import styles from "./title-grid.module.css";
import { useGridFocus } from "./use-grid-focus.ts";

/** Rows rendered above and below the visible ones: more than one turn of a mouse wheel scrolls. */
const OVERSCAN_ROWS = 4;
const ROOM_ABOVE_PX = 16;

type TitleGridProps = {
  label: string;
  titles: readonly IndexedTitle[];
  geometry: GridGeometry;
  scroller: RefObject<HTMLElement | null>;
  /** What may stay over the upper edge of the scroller. */
  head: RefObject<HTMLElement | null>;
  /** Each new value moves the focus into the grid. */
  focusRequest: number;
  /** The video to scroll to first: the one the user comes back from. */
  startId: string | null;
  onPick: PickTitle;
  onLeaveTop: () => void;
};

/** The grid of posters: only visible rows are rendered, one card is the tab stop, arrow keys move between cards. */
export function TitleGrid(props: TitleGridProps): ReactNode {
  const { label, titles, geometry, scroller, head, focusRequest, startId, onPick, onLeaveTop } = props;
  const grid = useRef<HTMLDivElement>(null);
  const { columns, rowPx } = geometry;
  const [topPx, setTopPx] = useState(0);
  const [headPx, setHeadPx] = useState(0);
  const focus = useGridFocus(grid, titles, startId, focusRequest);
  const { active } = focus;
  const activeRow = Math.floor(active / columns);

  const virtualizer = useVirtualizer({
    count: Math.ceil(titles.length / columns),
    getScrollElement: () => scroller.current,
    estimateSize: () => rowPx,
    overscan: OVERSCAN_ROWS,
    scrollMargin: topPx,
    scrollPaddingStart: headPx + ROOM_ABOVE_PX,
    // The focused card stays rendered when it is scrolled out of sight: otherwise the focus would be lost.
    rangeExtractor: (range) => {
      const rows = defaultRangeExtractor(range);
      return rows.includes(activeRow) ? rows : [...rows, activeRow].toSorted((a, b) => a - b);
    },
  });

  useLayoutEffect(() => virtualizer.measure(), [virtualizer, rowPx]);

  // What is above the grid changes its height; in nearly every render both are the same as before.
  useLayoutEffect(() => {
    setTopPx(grid.current?.offsetTop ?? 0);
    setHeadPx(head.current?.offsetHeight ?? 0);
  });

  useLayoutEffect(() => {
    // Not before the first measurement: it would scroll to a wrong place.
    if (topPx > 0) focus.settle(() => virtualizer.scrollToIndex(activeRow, { align: "auto" }));
  });

  function move(event: KeyboardEvent): void {
    if (event.ctrlKey || event.altKey || event.metaKey) return;
    const seenPx = (scroller.current?.clientHeight ?? 0) - headPx;
    const target = moveInGrid(active, event.key, columns, Math.max(1, Math.floor(seenPx / rowPx)), titles.length);
    if (target !== null) focus.moveTo(target);
    else if (event.key === "ArrowUp") onLeaveTop();
    else return;
    event.preventDefault();
  }

  return (
    <div
      ref={grid}
      role="grid"
      tabIndex={-1}
      aria-label={label}
      aria-rowcount={virtualizer.options.count}
      aria-colcount={columns}
      className={styles["grid"]}
      style={{ height: virtualizer.getTotalSize() }}
      onKeyDown={move}
      onBlur={focus.left}
    >
      {virtualizer.getVirtualItems().map((row) => (
        <div
          key={row.key}
          role="row"
          aria-rowindex={row.index + 1}
          className={styles["row"]}
          style={{ transform: `translateY(${row.start - topPx}px)` }}
        >
          {titles.slice(row.index * columns, (row.index + 1) * columns).map((title, column) => (
            <div
              key={title.item.id}
              role="gridcell"
              aria-colindex={column + 1}
              onFocus={() => focus.entered(row.index * columns + column)}
            >
              <TitleCard
                item={title.item}
                index={row.index * columns + column}
                tabIndex={row.index * columns + column === active ? 0 : -1}
                isWide={geometry.isWide}
                onPick={onPick}
              />
            </div>
          ))}
        </div>
      ))}
    </div>
  );
}
