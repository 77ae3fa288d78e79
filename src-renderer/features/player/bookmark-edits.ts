import { codePointsOf, safeLine } from "../../../src-shared/encoding/line.ts";
import { MAX_NOTE_CHARS } from "../../../src-shared/limits.ts";
import type { Seconds } from "../../../src-shared/units.ts";
import type { Bookmark } from "../../../src-shared/viewing.ts";

type Bookmarks = readonly Bookmark[];

/** Two bookmarks are at least this far apart. */
const SAME_PLACE: Seconds = 1;

/** The bookmarks in one video, in the order of time. */
export function bookmarksIn(bookmarks: Bookmarks, videoId: string): Bookmarks {
  return bookmarks.filter((one) => one.videoId === videoId).toSorted((a, b) => a.seconds - b.seconds);
}

/** The bookmark that is already at a place. */
export function bookmarkAt(bookmarks: Bookmarks, videoId: string, seconds: Seconds): Bookmark | undefined {
  return bookmarks.find((one) => one.videoId === videoId && Math.abs(one.seconds - seconds) < SAME_PLACE);
}

/** Puts a bookmark in place of the one that is already there. */
export function withBookmark(bookmarks: Bookmarks, bookmark: Bookmark): Bookmarks {
  const there = bookmarkAt(bookmarks, bookmark.videoId, bookmark.seconds);
  return [...bookmarks.filter((one) => one !== there), bookmark];
}

export function withoutBookmark(bookmarks: Bookmarks, { videoId, seconds }: Bookmark): Bookmarks {
  return bookmarks.filter((one) => one.videoId !== videoId || one.seconds !== seconds);
}

/** A note as it is kept: one line, no longer than allowed. */
export function noteOf(typed: string): string {
  const line = safeLine(typed.replaceAll(/\s+/g, " ").trim());
  return codePointsOf(line) <= MAX_NOTE_CHARS ? line : Array.from(line).slice(0, MAX_NOTE_CHARS).join("").trim();
}
