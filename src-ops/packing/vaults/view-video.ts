import type { Bytes } from "../../../src-shared/units.ts";
import type { CatalogVideo } from "../../../src-shared/vault/index.ts";

/** A video as `ls` shows it: everything except keys and file ids. */
export type VideoView = Omit<CatalogVideo, "file" | "poster" | "storyboard" | "subtitles"> & {
  readonly bytes: Bytes;
  readonly poster: string | null;
  /** How many pictures the preview on the seek bar has. */
  readonly storyboard: number | null;
  readonly subtitles: readonly Pick<CatalogVideo["subtitles"][number], "language" | "label" | "kind">[];
};

export function viewVideo(video: CatalogVideo): VideoView {
  const { file, poster, storyboard, subtitles, ...rest } = video;
  return {
    ...rest,
    bytes: file.bytes,
    poster: poster?.type ?? null,
    storyboard: storyboard?.count ?? null,
    subtitles: subtitles.map(({ language, label, kind }) => ({ language, label, ...(kind ? { kind } : {}) })),
  };
}
