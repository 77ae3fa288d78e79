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
  readonly onNext: (byItself: boolean) => void;
  readonly onPrevious: () => void;
};
