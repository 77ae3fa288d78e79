import { type FocusEvent, type RefObject, useEffect, useMemo, useRef, useState } from "react";
import type { IndexedTitle } from "./search.ts";

export type GridFocus = {
  /** The position of the card that is the tab stop. */
  readonly active: number;
  entered: (index: number) => void;
  left: (event: FocusEvent) => void;
  moveTo: (index: number) => void;
  /** After each rendering: moves the focus to the card where it belongs. */
  settle: (scrollToActive: () => void) => void;
};

/**
 * The focus of the grid belongs to a title, not to a place: when the columns or the titles change, it follows the title.
 * A title that is gone leaves the focus at its place.
 */
export function useGridFocus(
  grid: RefObject<HTMLElement | null>,
  titles: readonly IndexedTitle[],
  startId: string | null,
  focusRequest: number,
): GridFocus {
  const places = useMemo(() => new Map(titles.map(({ item }, index) => [item.id, index])), [titles]);
  const [chosen, setChosen] = useState<{ id: string | null; index: number }>({ id: startId, index: 0 });
  const wantsFocus = useRef(startId !== null);
  // React reports no blur for a card that it removes itself: this stays set, and the focus is given back.
  const hasFocus = useRef(false);
  const place = chosen.id === null ? undefined : places.get(chosen.id);
  const active = place ?? Math.max(0, Math.min(chosen.index, titles.length - 1));

  const choose = (index: number): void => setChosen({ id: titles[index]?.item.id ?? null, index });

  useEffect(() => {
    if (focusRequest === 0) return;
    wantsFocus.current = true;
    setChosen({ id: null, index: 0 });
  }, [focusRequest]);

  return {
    active,
    entered(index) {
      hasFocus.current = true;
      choose(index);
    },
    left({ relatedTarget }) {
      if (!(relatedTarget instanceof Node && grid.current?.contains(relatedTarget) === true)) hasFocus.current = false;
    },
    moveTo(index) {
      wantsFocus.current = true;
      choose(index);
    },
    settle(scrollToActive) {
      const card = grid.current?.querySelector<HTMLElement>(`[data-index="${active}"]`) ?? null;
      if (hasFocus.current && card !== document.activeElement) wantsFocus.current = true;
      if (!wantsFocus.current) return;
      scrollToActive();
      card?.focus({ preventScroll: true });
      wantsFocus.current = card === null;
    },
  };
}
