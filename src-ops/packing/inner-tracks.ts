import { execFile } from "node:child_process";
import { resolve } from "node:path";
import { promisify } from "node:util";
import * as v from "valibot";
import { parseStrictJson } from "../../src-shared/encoding/strict-json.ts";
import { utf8 } from "../../src-shared/encoding/text.ts";
import { MAX_SIDECAR_BYTES } from "../../src-shared/limits.ts";
import { codeOf } from "../../src-shared/node/atomic-files.ts";
import type { Seconds } from "../../src-shared/units.ts";
import { parseTextTrack, type TextTrack } from "./read-text-track.ts";
import { languageTag, type SubtitleKind } from "./sidecar-name.ts";

export type InnerSubtitle = { readonly language: string; readonly kind: SubtitleKind; readonly track: TextTrack };
export type InnerTracks = {
  readonly subtitles: readonly InnerSubtitle[];
  readonly chapters: readonly { readonly startSeconds: Seconds; readonly title: string }[];
  /** What could not be taken along, and why. */
  readonly notes: readonly string[];
};

const Probed = v.object({
  streams: v.optional(
    v.array(
      v.object({
        codec_name: v.optional(v.string(), "unknown"),
        disposition: v.optional(v.record(v.string(), v.number()), {}),
        tags: v.optional(v.record(v.string(), v.string()), {}),
      }),
    ),
    [],
  ),
  chapters: v.optional(
    v.array(v.object({ start_time: v.string(), tags: v.optional(v.record(v.string(), v.string()), {}) })),
    [],
  ),
});

const TEXT_CODECS = new Set(["subrip", "srt", "mov_text", "ass", "ssa", "webvtt", "text"]);
const NOTHING: InnerTracks = { subtitles: [], chapters: [], notes: [] };
const run = promisify(execFile);

/** Takes subtitles and chapters out of a film with ffmpeg. Without ffmpeg there are none, and a note says so. */
export async function readInnerTracks(path: string, signal: AbortSignal): Promise<InnerTracks> {
  const probed = await probe(path, signal);
  if (probed === "missing") {
    return {
      ...NOTHING,
      notes: [`${path}: its inner subtitles and chapters are left out, because ffmpeg is not installed.`],
    };
  }
  if (probed === undefined) return NOTHING;
  const subtitles: InnerSubtitle[] = [];
  const notes: string[] = [];
  for (const [index, stream] of probed.streams.entries()) {
    const name = `subtitle track ${index + 1} (${printable(stream.codec_name)})`;
    const track = TEXT_CODECS.has(stream.codec_name) ? await extract(path, index, signal) : undefined;
    const language = languageTag(stream.tags["language"] ?? "") ?? "und";
    if (track) subtitles.push({ language, kind: kindOf(stream.disposition), track });
    else notes.push(`${path}: ${name} is left out: only subtitles that are text can be shown.`);
  }
  const chapters = probed.chapters
    .map(({ start_time, tags }) => ({ startSeconds: Math.max(0, Number(start_time)), title: tags["title"] ?? "" }))
    .filter(({ startSeconds }) => Number.isFinite(startSeconds));
  return { subtitles, chapters, notes };
}

async function probe(path: string, signal: AbortSignal) {
  const args = [
    "-v",
    "quiet",
    ...inputOf(path),
    "-select_streams",
    "s",
    "-show_streams",
    "-show_chapters",
    "-of",
    "json",
  ];
  const output = await runTool("ffprobe", args, signal);
  if (output === "missing" || output === undefined) return output;
  const json = parseStrictJson(utf8(output));
  const parsed = v.safeParse(Probed, json.ok ? json.value : undefined);
  return parsed.success ? parsed.output : undefined;
}

async function extract(path: string, index: number, signal: AbortSignal): Promise<TextTrack | undefined> {
  const args = ["-nostdin", "-v", "quiet", ...inputOf(path), "-map", `0:s:${index}`, "-f", "webvtt", "pipe:1"];
  const output = await runTool("ffmpeg", args, signal);
  const track = output === "missing" || output === undefined ? undefined : parseTextTrack(utf8(output), false, "utf-8");
  return track?.ok ? track.value : undefined;
}

// The protocols are limited, so that a hostile playlist inside a file cannot use the network.
function inputOf(path: string): string[] {
  return ["-protocol_whitelist", "file,pipe", "-i", `file:${resolve(path)}`];
}

async function runTool(program: string, args: readonly string[], signal: AbortSignal) {
  try {
    return (await run(program, args, { signal, maxBuffer: MAX_SIDECAR_BYTES, encoding: "utf8" })).stdout;
  } catch (error) {
    if (signal.aborted) throw error;
    return codeOf(error) === "ENOENT" ? ("missing" as const) : undefined;
  }
}

function kindOf(disposition: Readonly<Record<string, number>>): SubtitleKind {
  if (disposition["forced"]) return "forced";
  if (disposition["hearing_impaired"]) return "sdh";
  return disposition["comment"] ? "commentary" : "full";
}

function printable(text: string): string {
  return text.replaceAll(/[^\x20-\x7e]/g, "?").slice(0, 40);
}
