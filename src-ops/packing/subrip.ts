import { err, ok, type Result } from "../../src-shared/result.ts";
import type { WebVttFault } from "./webvtt.ts";

const TIME = String.raw`(\d{1,3}):([0-5]\d):([0-5]\d)[,.](\d{1,3})`;
const TIMING = new RegExp(String.raw`^\s*${TIME}\s*-->\s*${TIME}`);

/** Turns SubRip text (.srt) into WebVTT. Colours, fonts and positions are left out; italics, bold and underline stay. */
export function webVttFromSubRip(text: string): Result<string, WebVttFault> {
  const lines = text.replace(/^\uFEFF/, "").split(/\r\n|\n|\r/);
  const cues: string[] = [];
  let body: string[] | undefined;
  const close = () => {
    if (body) cues.push(body.join("\n").trimEnd());
    body = undefined;
  };
  for (const [index, line] of lines.entries()) {
    const timing = TIMING.exec(line);
    if (timing) {
      // The number of the cue stands on the line before, also where the blank line between two cues is missing.
      if (body && /^\s*\d+\s*$/.test(body.at(-1) ?? "")) body.pop();
      close();
      body = [`${timeOf(timing.slice(1, 5))} --> ${timeOf(timing.slice(5, 9))}`];
    } else if (line.includes("-->"))
      return err({ line: index + 1, reason: "a cue needs a line like 00:00:01,000 --> 00:00:04,000" });
    else if (body && (line.trim() !== "" || body.length > 1)) body.push(line.trim() === "" ? "" : textOf(line));
    if (body && line.trim() === "" && body.length > 1) close();
  }
  close();
  if (cues.length === 0 && text.trim() !== "") return err({ line: 1, reason: "it has no cue" });
  return ok(`WEBVTT\n\n${cues.join("\n\n")}\n`);
}

function timeOf([hours = "", minutes, seconds, fraction = ""]: readonly string[]): string {
  return `${hours.padStart(2, "0")}:${minutes}:${seconds}.${fraction.padEnd(3, "0")}`;
}

// `{\an8}` and the like come from another format; WebVTT knows of the tags only i, b and u.
function textOf(line: string): string {
  return line
    .replaceAll(/\{\\[^}]*\}/g, "")
    .replaceAll(/<\/?(?!\/?[ibu]>)[a-z][^>]*>/gi, "")
    .replaceAll(/&(?!(?:amp|lt|gt|nbsp|lrm|rlm);)/g, "&amp;")
    .replaceAll(/<(?!\/?[ibu]>)/gi, "&lt;");
}
