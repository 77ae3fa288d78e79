import type { Playback } from "../../../src-shared/ipc/index.ts";

export type Chapter = Playback["chapters"][number];

/** The chapter at a position; `null` before the first one. Chapters are in order of time. */
export function chapterAt(chapters: readonly Chapter[], seconds: number): Chapter | null {
  return chapters.findLast((chapter) => chapter.startSeconds <= seconds) ?? null;
}

/** The subtitles to show when they are switched on: those in the language of the interface, else the first. */
export function preferredSubtitle<Track extends { readonly language: string }>(
  tracks: readonly Track[],
  language: string,
): Track | null {
  return tracks.find((track) => track.language.toLowerCase().split("-")[0] === language) ?? tracks[0] ?? null;
}
