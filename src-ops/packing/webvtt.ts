import { fromUtf8 } from "../../src-shared/encoding/text.ts";
import { err, ok, type Result } from "../../src-shared/result.ts";
import type { Seconds } from "../../src-shared/units.ts";

export type Cue = { readonly startSeconds: Seconds; readonly endSeconds: Seconds; readonly text: string };

/** The position of an error in a WebVTT file. Line 0: the file is not UTF-8 text. */
export type WebVttFault = { readonly line: number; readonly reason: string };

const TIME = String.raw`(?:(\d{2,}):)?([0-5]\d):([0-5]\d)\.(\d{3})`;
const TIMING = new RegExp(`^${TIME}[ \\t]+-->[ \\t]+${TIME}(?:[ \\t]+\\S.*)?$`);

/**
 * Reads WebVTT (W3C, "WebVTT: The Web Video Text Tracks Format", section 4.1) strictly: a browser silently drops
 * a broken cue, and nobody would notice that a subtitle is missing.
 */
export function parseWebVtt(bytes: Uint8Array): Result<readonly Cue[], WebVttFault> {
  const decoded = fromUtf8(bytes);
  if (decoded === undefined) return err({ line: 0, reason: "it is not UTF-8 text" });
  const lines = decoded.replace(/^\uFEFF/, "").split(/\r\n|\n|\r/);
  if (!/^WEBVTT(?:[ \t].*)?$/.test(lines[0] as string)) return err({ line: 1, reason: "it must begin with WEBVTT" });
  const cues: Cue[] = [];
  for (const block of blocksOf(lines)) {
    if (/^(?:NOTE|STYLE|REGION)(?:[ \t]|$)/.test(block.lines[0] as string)) continue;
    const cue = parseCue(block.lines, block.line);
    if (!cue.ok) return cue;
    cues.push(cue.value);
  }
  return ok(cues);
}

// The header ends at a blank line, or where a cue follows it directly (section 6.1, step 12).
function endOfHeader(lines: readonly string[]): number {
  const blank = lines.indexOf("");
  const cue = lines.findIndex((line) => line.includes("-->"));
  if (cue > 0 && (blank < 0 || cue < blank)) return cue;
  return blank < 0 ? lines.length : blank;
}

// Blocks are separated by blank lines.
function blocksOf(lines: readonly string[]): { line: number; lines: string[] }[] {
  const blocks: { line: number; lines: string[] }[] = [];
  let open: { line: number; lines: string[] } | undefined;
  for (let at = endOfHeader(lines); at < lines.length; at++) {
    const text = lines[at] as string;
    if (text === "") open = undefined;
    else if (open) open.lines.push(text);
    else blocks.push((open = { line: at + 1, lines: [text] }));
  }
  return blocks;
}

function parseCue(lines: readonly string[], firstLine: number): Result<Cue, WebVttFault> {
  const at = (lines[0] as string).includes("-->") ? 0 : 1;
  const timing = TIMING.exec(lines[at] ?? "");
  if (!timing) return err({ line: firstLine + at, reason: "a cue needs a line like 00:01.000 --> 00:04.000" });
  const startSeconds = secondsOf(timing.slice(1, 5));
  const endSeconds = secondsOf(timing.slice(5, 9));
  // A cue without length is legal and never shown; its file is not refused for it.
  if (endSeconds < startSeconds) return err({ line: firstLine + at, reason: "the cue ends before it begins" });
  const body = lines.slice(at + 1);
  const stray = body.findIndex((line) => line.includes("-->"));
  if (stray >= 0) {
    return err({ line: firstLine + at + 1 + stray, reason: "a blank line is missing before this cue" });
  }
  return ok({ startSeconds, endSeconds, text: body.join("\n") });
}

function secondsOf(parts: readonly (string | undefined)[]): Seconds {
  const [hours, minutes, seconds, milliseconds] = parts.map((part) => Number(part ?? 0)) as [
    number,
    number,
    number,
    number,
  ];
  return hours * 3600 + minutes * 60 + seconds + milliseconds / 1000;
}
