import { readFile, stat } from "node:fs/promises";
import { extname } from "node:path";
import { utf8 } from "../../src-shared/encoding/text.ts";
import { MAX_SIDECAR_BYTES } from "../../src-shared/limits.ts";
import { err, ok, type Result } from "../../src-shared/result.ts";
import { MIB } from "../../src-shared/units.ts";
import { fail, type Failure } from "../failure.ts";
import { webVttFromSubRip } from "./subrip.ts";
import { type Cue, parseWebVtt, type WebVttFault } from "./webvtt.ts";

export type TextTrack = { readonly bytes: Uint8Array; readonly cues: readonly Cue[] };

/** Whether a text encoding (WHATWG Encoding, for example `windows-1252`) is known. */
export function isKnownEncoding(encoding: string): boolean {
  try {
    return new TextDecoder(encoding).encoding !== "";
  } catch {
    return false;
  }
}

/** Reads a WebVTT or SubRip file as WebVTT in UTF-8. A WebVTT file in UTF-8 keeps its bytes. */
export async function readTextTrack(path: string, encoding = "utf-8"): Promise<Result<TextTrack, Failure>> {
  if ((await stat(path)).size > MAX_SIDECAR_BYTES) {
    return fail("WEBVTT_INVALID", `${path} is larger than ${MAX_SIDECAR_BYTES / MIB} MiB: split it.`);
  }
  const track = parseTextTrack(await readFile(path), extname(path).toLowerCase() === ".srt", encoding);
  if (track.ok) return track;
  const { line, reason } = track.error;
  return fail("WEBVTT_INVALID", `${path}, line ${line}: ${reason}. Correct it or move it away.`);
}

export function parseTextTrack(bytes: Uint8Array, isSubRip: boolean, encoding: string): Result<TextTrack, WebVttFault> {
  const text = decode(bytes, encoding);
  if (text === undefined) {
    return err({
      line: 0,
      reason: `it is not ${encoding.toUpperCase()} text; name its encoding with --subtitle-encoding, for example windows-1252`,
    });
  }
  const converted = isSubRip ? webVttFromSubRip(text.value) : ok(text.value);
  if (!converted.ok) return converted;
  const webVtt = isSubRip || !text.isUtf8 ? utf8(converted.value) : bytes;
  const cues = parseWebVtt(webVtt);
  return cues.ok ? ok({ bytes: webVtt, cues: cues.value }) : cues;
}

// A byte order mark says more than the option.
function decode(bytes: Uint8Array, encoding: string): { value: string; isUtf8: boolean } | undefined {
  const marked =
    bytes[0] === 0xff && bytes[1] === 0xfe ? "utf-16le" : bytes[0] === 0xfe && bytes[1] === 0xff && "utf-16be";
  const isMarkedUtf8 = bytes[0] === 0xef && bytes[1] === 0xbb && bytes[2] === 0xbf;
  const name = marked || (isMarkedUtf8 ? "utf-8" : encoding);
  try {
    const decoder = new TextDecoder(name, { fatal: true });
    return { value: decoder.decode(bytes), isUtf8: decoder.encoding === "utf-8" };
  } catch (error) {
    if (error instanceof TypeError) return undefined;
    throw error;
  }
}
