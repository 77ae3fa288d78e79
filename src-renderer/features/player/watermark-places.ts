import type { Milliseconds } from "../../../src-shared/units.ts";

/** Where a watermark is, in shares of the picture: the edge of its text that is nearer to that of the picture, or its center. */
export type Place = { readonly x: number; readonly y: number };

/** Top right, in the margin that television keeps free. */
export const CORNER: Place = { x: 0.975, y: 0.025 };

const [LEFT, CENTER, RIGHT] = [0.06, 0.5, 0.94];
const [TOP, MIDDLE, BOTTOM] = [0.12, 0.41, 0.7];

/** All around the middle of the picture. None is where subtitles are. */
export const PLACES: readonly Place[] = [
  { x: LEFT, y: TOP },
  { x: CENTER, y: TOP },
  { x: RIGHT, y: TOP },
  { x: LEFT, y: MIDDLE },
  { x: RIGHT, y: MIDDLE },
  { x: LEFT, y: BOTTOM },
  { x: CENTER, y: BOTTOM },
  { x: RIGHT, y: BOTTOM },
];

const [SHORTEST_MS, LONGEST_MS] = [20_000, 40_000];

/** Another place than the current one. `random` is from 0 to below 1, as that of the next function. */
export function nextPlace(current: number, random: number): number {
  return (current + 1 + Math.floor(random * (PLACES.length - 1))) % PLACES.length;
}

/** How long a watermark stays: nobody can foresee when and where it moves. */
export function stayMs(random: number): Milliseconds {
  return SHORTEST_MS + random * (LONGEST_MS - SHORTEST_MS);
}

export type Box = { readonly left: number; readonly top: number; readonly width: number; readonly height: number };

/** Where a picture is in its element, in pixels: whole, as large as possible, in the middle. */
export function pictureIn(element: Size, picture: Size): Box {
  if (picture.width === 0 || picture.height === 0) return { left: 0, top: 0, ...element };
  const scale = Math.min(element.width / picture.width, element.height / picture.height);
  const [width, height] = [picture.width * scale, picture.height * scale];
  return { left: (element.width - width) / 2, top: (element.height - height) / 2, width, height };
}
type Size = { readonly width: number; readonly height: number };
