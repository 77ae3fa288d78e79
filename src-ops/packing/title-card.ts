import { utf8 } from "../../src-shared/encoding/text.ts";

const WIDTH = 640;
const HEIGHT = 360;
const LINE_CHARS = 24;
const MAX_LINES = 4;

/** A plain picture with the title, for a video without a usable frame. SVG without scripts or external references. */
export function drawTitleCard(title: string): Uint8Array {
  const lines = wrap(title);
  const first = HEIGHT / 2 - ((lines.length - 1) * 44) / 2 + 12;
  const text = lines.map((line, i) => `<tspan x="${WIDTH / 2}" y="${first + i * 44}">${escapeXml(line)}</tspan>`);
  return utf8(
    `<svg xmlns="http://www.w3.org/2000/svg" width="${WIDTH}" height="${HEIGHT}" viewBox="0 0 ${WIDTH} ${HEIGHT}">` +
      `<defs><linearGradient id="g" x2="1" y2="1"><stop stop-color="#24364b"/><stop offset="1" stop-color="#3f6173"/>` +
      `</linearGradient></defs><rect width="${WIDTH}" height="${HEIGHT}" fill="url(#g)"/>` +
      `<text font-family="system-ui,sans-serif" font-size="34" fill="#f3f6f8" text-anchor="middle">${text.join("")}` +
      `</text></svg>\n`,
  );
}

function wrap(title: string): string[] {
  const lines = [""];
  for (const word of title.split(" ").flatMap(breakLongWord)) {
    const last = lines.at(-1) as string;
    if (last === "") lines[lines.length - 1] = word;
    else if (last.length + 1 + word.length <= LINE_CHARS) lines[lines.length - 1] = `${last} ${word}`;
    else lines.push(word);
  }
  if (lines.length <= MAX_LINES) return lines;
  return [...lines.slice(0, MAX_LINES - 1), `${(lines[MAX_LINES - 1] as string).slice(0, LINE_CHARS - 1)}…`];
}

// By code point: a divided surrogate pair is not valid text.
function breakLongWord(word: string): string[] {
  const points = Array.from(word);
  const pieces: string[] = [];
  for (let at = 0; at < points.length; at += LINE_CHARS) pieces.push(points.slice(at, at + LINE_CHARS).join(""));
  return pieces;
}

// XML 1.0 section 2.2 has no control characters and no lone surrogates, escaped or not.
function escapeXml(text: string): string {
  return text
    .replaceAll(/[\p{Cc}\p{Cs}\uFFFE\uFFFF]/gu, "")
    .replaceAll("&", "&amp;")
    .replaceAll("<", "&lt;")
    .replaceAll(">", "&gt;")
    .replaceAll('"', "&quot;");
}
