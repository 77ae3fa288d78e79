import * as v from "valibot";
import { PositiveInteger } from "./integers.ts";
import { MAX_STORYBOARD_COLUMNS, MAX_STORYBOARD_PICTURE_PX, MAX_STORYBOARD_PICTURES } from "./limits.ts";
import type { Seconds } from "./units.ts";

// Between two pictures. A film that is shorter has no storyboard.
const LEAST_STEP_SECONDS: Seconds = 10;
// Of the shorter side, so that an extremely wide film has a picture at all.
const MIN_PICTURE_PX = 16;

const Side = v.pipe(PositiveInteger, v.maxValue(MAX_STORYBOARD_PICTURE_PX));
const Places = v.pipe(PositiveInteger, v.maxValue(MAX_STORYBOARD_COLUMNS));

/**
 * How small pictures of a film lie side by side on sheets: `count` of them, one for each `everySeconds`, each `width` x
 * `height` pixels large. The sheets are filled row by row, and all of them have the same size.
 */
export const StoryboardLayout = v.object({
  everySeconds: PositiveInteger,
  width: Side,
  height: Side,
  columns: Places,
  rows: Places,
  count: v.pipe(PositiveInteger, v.maxValue(MAX_STORYBOARD_PICTURES)),
});
export type StoryboardLayout = v.InferOutput<typeof StoryboardLayout>;

/** The storyboard that a film gets; `undefined` for one that is too short. `width` and `height` are those of the film. */
export function planStoryboard(film: {
  readonly durationSeconds: Seconds;
  readonly width: number;
  readonly height: number;
}): StoryboardLayout | undefined {
  const { durationSeconds } = film;
  if (durationSeconds < LEAST_STEP_SECONDS || film.width < 1 || film.height < 1) return undefined;
  const everySeconds = Math.max(LEAST_STEP_SECONDS, Math.ceil(durationSeconds / MAX_STORYBOARD_PICTURES));
  const count = picturesIn(durationSeconds, everySeconds);
  const scale = MAX_STORYBOARD_PICTURE_PX / Math.max(film.width, film.height);
  const columns = Math.min(MAX_STORYBOARD_COLUMNS, count);
  return {
    everySeconds,
    width: evenSide(film.width * scale),
    height: evenSide(film.height * scale),
    columns,
    rows: Math.min(MAX_STORYBOARD_COLUMNS, Math.ceil(count / columns)),
    count,
  };
}

/** Whether a storyboard was made for a film of this length. */
export function isStoryboardFor({ count, everySeconds }: StoryboardLayout, durationSeconds: Seconds): boolean {
  return count === picturesIn(durationSeconds, everySeconds);
}

export function sheetsIn({ count, columns, rows }: StoryboardLayout): number {
  return Math.ceil(count / (columns * rows));
}

/** The place of the picture that stands for a time: the number of its sheet, and its corner on it in pixels. */
export type PicturePlace = { readonly sheet: number; readonly x: number; readonly y: number };

export function pictureAt(layout: StoryboardLayout, seconds: Seconds): PicturePlace {
  const { everySeconds, width, height, columns, rows, count } = layout;
  const index = Math.min(count - 1, Math.max(0, Math.floor(seconds / everySeconds)));
  const onSheet = index % (columns * rows);
  return {
    sheet: Math.floor(index / (columns * rows)),
    x: (onSheet % columns) * width,
    y: Math.floor(onSheet / columns) * height,
  };
}

function picturesIn(durationSeconds: Seconds, everySeconds: Seconds): number {
  return Math.ceil(durationSeconds / everySeconds);
}

/** An even number, because the colours of a JPEG have half of its resolution. */
function evenSide(pixels: number): number {
  return Math.max(MIN_PICTURE_PX, 2 * Math.round(pixels / 2));
}
