import { defaultRangeExtractor, useVirtualizer } from "@tanstack/react-virtual";
import { type KeyboardEvent, type ReactNode, type RefObject, useLayoutEffect, useMemo, useRef, useState } from "react";
import type { GridGeometry } from "./grid-geometry.ts";
import { layOut, moveInGrid, rowOfCard } from "./grid-rows.ts";
import { GridSection } from "./grid-section.tsx";
import type { IndexedTitle } from "./search.ts";
import type { TitleGroup } from "./sections.ts";
import { type CardActions, TitleCard } from "./title-card.tsx";
import styles from "./title-grid.module.css";
import { useGridFocus } from "./use-grid-focus.ts";

/** Rows rendered above and below the visible ones: more than one turn of a mouse wheel scrolls. */
const OVERSCAN_ROWS = 4;
const ROOM_ABOVE_PX = 16;

type TitleGridProps = {
  label: string;
  groups: readonly TitleGroup[];
  geometry: GridGeometry;
  scroller: RefObject<HTMLElement | null>;
  /** What may stay over the upper edge of the scroller. */
  head: RefObject<HTMLElement | null>;
  /** Each new value moves the focus into the grid. */
  focusRequest: number;
  /** The video to scroll to first: the one the user comes back from. */
  startId: string | null;
  actions: CardActions;
  onLeaveTop: () => void;
};

/** The grid of posters: only visible rows are rendered, one card is the tab stop, arrow keys move between cards. */
export function TitleGrid(props: TitleGridProps): ReactNode {
  const { label, groups, geometry, scroller, head, focusRequest, startId, actions, onLeaveTop } = props;
  const grid = useRef<HTMLDivElement>(null);
  const { columns, rowPx, headingPx, descriptionPx } = geometry;
  const [topPx, setTopPx] = useState(0);
  const [headPx, setHeadPx] = useState(0);
  const titles = useMemo(() => groups.flatMap((group) => group.titles), [groups]);
  const rows = useMemo(() => {
    const heightOf = ({ heading }: TitleGroup): number =>
      heading === null ? 0 : headingPx + (heading.description === "" ? 0 : descriptionPx);
    return layOut(
      groups.map((group) => ({ cards: group.titles.length, headingPx: heightOf(group) })),
      columns,
      rowPx,
    );
  }, [groups, columns, rowPx, headingPx, descriptionPx]);
  const focus = useGridFocus(grid, titles, startId, focusRequest);
  const { active } = focus;
  const activeRow = Math.max(0, rowOfCard(rows, active));
  // The heading of the active card's section stays over it.
  const abovePx = rows.find(({ group }) => group === rows[activeRow]?.group)?.heightPx ?? 0;
  const hasHeading = groups[rows[activeRow]?.group ?? 0]?.heading !== null;

  const virtualizer = useVirtualizer({
    count: rows.length,
    getScrollElement: () => scroller.current,
    estimateSize: (index) => rows[index]?.heightPx ?? rowPx,
    overscan: OVERSCAN_ROWS,
    scrollMargin: topPx,
    scrollPaddingStart: headPx + (hasHeading ? abovePx : ROOM_ABOVE_PX),
    // The focused card stays rendered when it is scrolled out of sight: otherwise the focus would be lost.
    rangeExtractor: (range) => {
      const shown = defaultRangeExtractor(range);
      return shown.includes(activeRow) ? shown : [...shown, activeRow].toSorted((a, b) => a - b);
    },
  });

  // Rows of one height are counted by the virtualizer itself, at each keystroke of a search.
  const heights = rows.some(({ heightPx }) => heightPx !== rowPx) ? rows : rowPx;
  useLayoutEffect(() => virtualizer.measure(), [virtualizer, heights]);

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
    const title = titles[active];
    if (title !== undefined && act(event.key, title)) return event.preventDefault();
    const seenPx = (scroller.current?.clientHeight ?? 0) - headPx;
    const target = moveInGrid(active, event.key, rows, Math.max(1, Math.floor(seenPx / rowPx)));
    if (target !== null) focus.moveTo(target);
    else if (event.key === "ArrowUp") onLeaveTop();
    else return;
    event.preventDefault();
  }

  function act(key: string, title: IndexedTitle): boolean {
    if (key.toLowerCase() === "i") actions.onDetails(title);
    else if (key.toLowerCase() === "w") actions.onMark(title.item);
    else if (key.toLowerCase() === "q") actions.onQueue(title.item);
    else return false;
    return true;
  }

  const shown = Map.groupBy(virtualizer.getVirtualItems(), ({ index }) => rows[index]?.group ?? 0);
  return (
    <div
      ref={grid}
      role="grid"
      tabIndex={-1}
      aria-label={label}
      aria-rowcount={rows.length}
      aria-colcount={columns}
      className={styles["grid"]}
      style={{ height: virtualizer.getTotalSize() }}
      onKeyDown={move}
      onBlur={focus.left}
    >
      {[...shown].map(([group, items]) => (
        <GridSection key={group} rows={rows} group={group} heading={groups[group]?.heading ?? null} headPx={headPx}>
          {items
            .filter(({ index }) => (rows[index]?.end ?? 0) > (rows[index]?.start ?? 0))
            .map(({ index, key }) => {
              const { start = 0, end = 0, topPx: rowTopPx = 0 } = rows[index] ?? {};
              return (
                <div
                  key={key}
                  role="row"
                  aria-rowindex={index + 1}
                  className={styles["row"]}
                  style={{ transform: `translateY(${rowTopPx}px)` }}
                >
                  {titles.slice(start, end).map((title, column) => (
                    <div
                      key={title.item.id}
                      role="gridcell"
                      aria-colindex={column + 1}
                      className={styles["cell"]}
                      onFocus={() => focus.entered(start + column)}
                    >
                      <TitleCard
                        title={title}
                        index={start + column}
                        tabIndex={start + column === active ? 0 : -1}
                        isWide={geometry.isWide}
                        actions={actions}
                      />
                    </div>
                  ))}
                </div>
              );
            })}
        </GridSection>
      ))}
    </div>
  );
}
