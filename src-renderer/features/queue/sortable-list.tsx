import { GripVertical, X } from "lucide-react";
import { type DragEvent, type KeyboardEvent, type ReactNode, useLayoutEffect, useRef, useState } from "react";
import type { CatalogItem } from "../../../src-shared/ipc/index.ts";
import { useI18n } from "../../i18n/index.ts";
import { classNames } from "../../ui/index.ts";
import styles from "./sortable-list.module.css";
import { VideoFacts, videoLine } from "./video-facts.tsx";

/** A video of a list by its id; `null`: the stick does not have it any more. */
export type ListedVideo = { readonly id: string; readonly item: CatalogItem | null };

type SortableListProps = {
  label: string;
  videos: readonly ListedVideo[];
  onPick: (id: string) => void;
  onMove: (from: number, to: number) => void;
  onRemove: (video: ListedVideo, place: number) => void;
  /** What was done, for screen readers. */
  onSay: (text: string) => void;
};

const STEPS: { readonly [key: string]: number } = { ArrowUp: -1, ArrowDown: 1 };

/**
 * Videos in an order that the viewer changes: with the grip and the mouse, or with Alt and the arrow keys. One row is the tab
 * stop; the arrow keys move between rows, Delete removes one.
 */
export function SortableList({ label, videos, onPick, onMove, onRemove, onSay }: SortableListProps): ReactNode {
  const { messages, format } = useI18n();
  const { queue } = messages;
  const list = useRef<HTMLUListElement>(null);
  const [activeId, setActiveId] = useState<string | null>(null);
  const [drag, setDrag] = useState<{ readonly from: number; readonly to: number } | null>(null);
  // React moves a row without telling its focus; and a removed row takes the focus with it.
  const wantsFocus = useRef(false);
  const lastPlace = useRef(0);
  const found = videos.findIndex(({ id }) => id === activeId);
  const active = found === -1 ? Math.min(lastPlace.current, videos.length - 1) : found;

  useLayoutEffect(() => {
    if (!wantsFocus.current) return;
    wantsFocus.current = false;
    list.current?.querySelectorAll<HTMLElement>("[data-row]")[active]?.focus();
  });

  const titleOf = ({ item }: ListedVideo): string => item?.title ?? queue.gone;

  function detailOf({ item }: ListedVideo): string | null {
    if (item === null) return null;
    return item.included ? format.brief(item.durationSeconds) : messages.catalog.notIncluded;
  }

  function go(place: number): void {
    const video = videos[place];
    if (video === undefined) return;
    setActiveId(video.id);
    wantsFocus.current = true;
  }

  function move(from: number, to: number): void {
    const video = videos[from];
    if (video === undefined || to < 0 || to >= videos.length || to === from) return;
    onMove(from, to);
    onSay(queue.nowAt(titleOf(video), to + 1, videos.length));
  }

  function remove(place: number, takesFocus: boolean): void {
    const video = videos[place];
    if (video === undefined) return;
    lastPlace.current = place;
    wantsFocus.current = takesFocus;
    onRemove(video, place);
  }

  function press(event: KeyboardEvent, place: number): void {
    if (event.ctrlKey || event.metaKey) return;
    const step = STEPS[event.key];
    if (step !== undefined) {
      wantsFocus.current = true;
      if (event.altKey) move(place, place + step);
      else go(place + step);
    } else if (event.altKey) return;
    else if (event.key === "Home") go(0);
    else if (event.key === "End") go(videos.length - 1);
    else if (event.key === "Delete") remove(place, true);
    else return;
    event.preventDefault();
  }

  function dragOver(event: DragEvent, place: number): void {
    if (drag === null) return;
    event.preventDefault();
    if (drag.to !== place) setDrag({ ...drag, to: place });
  }

  return (
    <ul ref={list} aria-label={label} className={styles["list"]} data-own-arrows>
      {videos.map((video, place) => (
        <li
          key={video.id}
          className={classNames(
            styles["row"],
            drag?.from === place && styles["dragged"],
            drag !== null && drag.to === place && drag.from !== place && styles[drag.from < place ? "after" : "before"],
          )}
          onDragOver={(event) => dragOver(event, place)}
          onDrop={(event) => {
            event.preventDefault();
            if (drag !== null) move(drag.from, place);
            setDrag(null);
          }}
        >
          <span
            className={styles["grip"]}
            draggable
            data-grip
            aria-hidden
            onDragStart={(event) => {
              event.dataTransfer.effectAllowed = "move";
              event.dataTransfer.setData("text/plain", titleOf(video));
              setDrag({ from: place, to: place });
            }}
            onDragEnd={() => setDrag(null)}
          >
            <GripVertical />
          </span>
          <button
            type="button"
            data-row
            className={videoLine}
            tabIndex={place === active ? 0 : -1}
            aria-disabled={video.item?.included !== true}
            aria-keyshortcuts="Alt+ArrowUp Alt+ArrowDown Delete"
            onFocus={() => setActiveId(video.id)}
            onKeyDown={(event) => press(event, place)}
            onClick={() => {
              if (video.item?.included === true) onPick(video.id);
            }}
          >
            <VideoFacts
              title={titleOf(video)}
              poster={video.item && { url: video.item.posterUrl }}
              detail={detailOf(video)}
            />
          </button>
          <button
            type="button"
            className={styles["remove"]}
            tabIndex={-1}
            aria-label={queue.remove(titleOf(video))}
            title={queue.remove(titleOf(video))}
            onClick={() => remove(place, false)}
          >
            <X aria-hidden />
          </button>
        </li>
      ))}
    </ul>
  );
}
