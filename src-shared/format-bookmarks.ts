import type { Seconds } from "./units.ts";
import type { Bookmark } from "./viewing.ts";

type Video = { readonly id: string; readonly title: string };

/** Stands for the title of a video that is gone: titles are on the stick alone. */
const GONE = "—";

/** Bookmarks as text, in any language: a title and, below it, a line for each place. The videos are in the order given. */
export function formatBookmarks(bookmarks: readonly Bookmark[], videos: Iterable<Video>): string {
  const byVideo = Map.groupBy(bookmarks, ({ videoId }) => videoId);
  const parts: string[] = [];
  const add = (title: string, places: readonly Bookmark[]): void => {
    const lines = places
      .toSorted((a, b) => a.seconds - b.seconds)
      .map(({ seconds, note }) => `${clock(seconds)}  ${note}`.trimEnd());
    parts.push([title, ...lines].join("\n"));
  };
  for (const { id, title } of videos) {
    const places = byVideo.get(id);
    if (places) add(title, places);
    byVideo.delete(id);
  }
  for (const places of byVideo.values()) add(GONE, places);
  return parts.length === 0 ? "" : `${parts.join("\n\n")}\n`;
}

function two(value: number): string {
  return String(value).padStart(2, "0");
}

/** `1:02:03`, and `0:07:02` too: lines of one file stand below each other. */
function clock(seconds: Seconds): string {
  const whole = Math.floor(seconds);
  return `${Math.floor(whole / 3600)}:${two(Math.floor((whole % 3600) / 60))}:${two(whole % 60)}`;
}
