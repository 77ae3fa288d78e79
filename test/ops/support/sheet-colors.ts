import { execFileSync } from "node:child_process";

const COLORS = { red: [254, 0, 0], lime: [0, 255, 1], blue: [0, 0, 254], white: [255, 255, 255], black: [0, 0, 0] };
export type Color = keyof typeof COLORS;

/** The colour of each place on a picture that is divided into columns and rows, row by row. */
export function colorsOf(picture: Uint8Array, columns: number, rows: number): Color[] {
  const shrink = [
    "-vf",
    `format=rgb24,scale=${columns}:${rows}:flags=area`,
    "-f",
    "rawvideo",
    "-pix_fmt",
    "rgb24",
    "pipe:1",
  ];
  const pixels = execFileSync("ffmpeg", ["-loglevel", "error", "-f", "image2pipe", "-i", "pipe:0", ...shrink], {
    input: picture,
  });
  return Array.from({ length: columns * rows }, (_, place) => nearest(pixels.subarray(place * 3, place * 3 + 3)));
}

function nearest(pixel: Uint8Array): Color {
  const distance = (color: readonly number[]) =>
    color.reduce((sum, value, channel) => sum + Math.abs(value - (pixel[channel] ?? 0)), 0);
  const names = Object.keys(COLORS) as Color[];
  return names.toSorted((a, b) => distance(COLORS[a]) - distance(COLORS[b]))[0] as Color;
}

/** ffmpeg's arguments for pictures of one colour, each shown for as long as it says. */
export function pictureOf(...parts: readonly (readonly [Color, number])[]): string {
  const inputs = parts.map(([color, seconds]) => `-f lavfi -i color=${color}:s=320x180:r=10:d=${seconds}`);
  return `${inputs.join(" ")} -filter_complex concat=n=${parts.length} -c:v libx264 -preset ultrafast -pix_fmt yuv420p`;
}
