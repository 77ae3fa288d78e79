import { defaultRangeExtractor, useVirtualizer } from "@tanstack/react-virtual";
import {
  type KeyboardEvent,
  type ReactNode,
  type RefObject,
  useEffect,
  useLayoutEffect,
  useRef,
  useState,
} from "react";
import type { CatalogItem } from "../../../src-shared/ipc/index.ts";
import { type GridGeometry, moveInGrid } from "./grid-geometry.ts";
import type { IndexedTitle } from "./search.ts";
import { TitleCard } from "./title-card.tsx";
import styles from "./title-grid.module.css";

/** Rows rendered above and below the visible ones: more than one turn of a mouse wheel scrolls. */
const OVERSCAN_ROWS = 4;

type TitleGridProps = {
  label: string;
  titles: readonly IndexedTitle[];
  geometry: GridGeometry;
  scroller: RefObject<HTMLElement | null>;
  /** Each new value moves the focus into the grid. */
  focusRequest: number;
  /** The video to scroll to first: the one the user comes back from. */
  startId: string | null;
  onPick: (item: CatalogItem) => void;
  onLeaveTop: () => void;
};

/** The grid of posters: only visible rows are rendered, one card is the tab stop, arrow keys move between cards. */
export function TitleGrid(props: TitleGridProps): ReactNode {
  const { label, titles, geometry, scroller, focusRequest, startId, onPick, onLeaveTop } = props;
  const grid = useRef<HTMLDivElement>(null);
  const { columns, rowPx } = geometry;
  const [topPx, setTopPx] = useState(0);
  const [chosen, setChosen] = useState(() =>
    Math.max(0, startId === null ? 0 : titles.findIndex((title) => title.item.id === startId)),
  );
  const active = Math.max(0, Math.min(chosen, titles.length - 1));
  const wantsFocus = useRef(startId !== null);
  const activeRow = Math.floor(active / columns);

  const virtualizer = useVirtualizer({
    count: Math.ceil(titles.length / columns),
    getScrollElement: () => scroller.current,
    estimateSize: () => rowPx,
    overscan: OVERSCAN_ROWS,
    scrollMargin: topPx,
    scrollPaddingStart: 16,
    // The focused card stays rendered when it is scrolled out of sight: otherwise the focus would be lost.
    rangeExtractor: (range) => {
      const rows = defaultRangeExtractor(range);
      return rows.includes(activeRow) ? rows : [...rows, activeRow].toSorted((a, b) => a - b);
    },
  });

  useLayoutEffect(() => virtualizer.measure(), [virtualizer, rowPx]);

  // What is above the grid changes its height; in nearly every render the offset is the same as before.
  useLayoutEffect(() => setTopPx(grid.current?.offsetTop ?? 0));

  useEffect(() => {
    if (focusRequest === 0) return;
    wantsFocus.current = true;
    setChosen(0);
  }, [focusRequest]);

  useEffect(() => {
    if (!wantsFocus.current) return;
    virtualizer.scrollToIndex(activeRow, { align: "auto" });
    const card = grid.current?.querySelector<HTMLElement>(`[data-index="${active}"]`);
    card?.focus({ preventScroll: true });
    wantsFocus.current = card === null;
  });

  function move(event: KeyboardEvent): void {
    if (event.ctrlKey || event.altKey || event.metaKey) return;
    const pageRows = Math.max(1, Math.floor((scroller.current?.clientHeight ?? 0) / rowPx));
    const target = moveInGrid(active, event.key, columns, pageRows, titles.length);
    if (target !== null) {
      wantsFocus.current = true;
      setChosen(target);
    } else if (event.key === "ArrowUp") {
      onLeaveTop();
    } else {
      return;
    }
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
              // The key is the position, not the title: while the user types, the same cards show other titles.
              key={`column ${column}`}
              role="gridcell"
              aria-colindex={column + 1}
              onFocus={() => setChosen(row.index * columns + column)}
            >
              <TitleCard
                item={title.item}
                index={row.index * columns + column}
                tabIndex={row.index * columns + column === active ? 0 : -1}
                onPick={onPick}
              />
            </div>
          ))}
        </div>
      ))}
    </div>
  );
}
