import type { Playback } from "../../../src-shared/ipc/index.ts";

export type Chapter = Playback["chapters"][number];

/** The chapter at a position; `null` before the first one. Chapters are in order of time. */
export function chapterAt(chapters: readonly Chapter[], seconds: number): Chapter | null {
  return chapters.findLast((chapter) => chapter.startSeconds <= seconds) ?? null;
}
