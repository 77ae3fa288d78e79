import type { Upcoming } from "../queue/index.ts";

/** The video that comes after this one. */
export type NextVideo = {
  readonly id: string;
  readonly title: string;
  readonly posterUrl: string | null;
  /** It begins by itself. */
  readonly isAutomatic: boolean;
};

/** What is before and after a video, and the ways there. */
export type Around = {
  readonly next: NextVideo | null;
  readonly hasPrevious: boolean;
  /** Its section, and its place there; empty if it belongs to none. */
  readonly place: string;
  /** Nobody has touched anything for several videos: the next one does not begin by itself. */
  readonly asks: boolean;
  readonly upcoming: Upcoming;
  readonly onNext: (byItself: boolean) => void;
  readonly onPrevious: () => void;
  readonly onPlayQueued: (videoId: string) => void;
  readonly onPlayAfter: (videoId: string) => void;
  readonly onShuffle: (on: boolean) => void;
};
