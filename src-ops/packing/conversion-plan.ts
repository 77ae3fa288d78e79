import { execFile, spawn } from "node:child_process";
import { stat } from "node:fs/promises";
import { resolve } from "node:path";
import { promisify } from "node:util";
import * as v from "valibot";
import { parseStrictJson } from "../../src-shared/encoding/strict-json.ts";
import { utf8 } from "../../src-shared/encoding/text.ts";
import { codeOf } from "../../src-shared/node/atomic-files.ts";
import { ok } from "../../src-shared/result.ts";
import type { Bytes, Seconds } from "../../src-shared/units.ts";
import { type Attempt, fail, type Failure, type FailureCode } from "../failure.ts";

/** Refusals that a new file can cure. What is missing in a cut film cannot be made. */
const CURABLE: ReadonlySet<FailureCode> = new Set<FailureCode>([
  "CODEC_UNSUPPORTED",
  "NOT_A_VIDEO",
  "SOURCE_MALFORMED",
  "SOURCE_UNSEEKABLE",
  "SOURCE_UNPLAYABLE",
]);
const COPIED_VIDEO = new Set(["h264", "vp8", "vp9", "av1"]);
/** A cover, not the film. */
const PICTURES = new Set(["mjpeg", "png", "bmp"]);
const COPIED_SOUND = new Set(["aac", "mp3", "opus", "vorbis", "flac"]);
const INTERLACED = new Set(["tt", "bb", "tb", "bt"]);

export const DEFAULT_CRF = 20;

/** What `--convert` does with a film. */
export type ConversionPlan = {
  readonly durationSeconds: Seconds;
  /** What is tried, the gentlest first. */
  readonly attempts: readonly [ConversionAttempt, ...ConversionAttempt[]];
};

export type ConversionAttempt = {
  /** Which track is copied and which one is encoded. */
  readonly summary: string;
  readonly isLossless: boolean;
  /** ffmpeg's arguments between input and output. */
  readonly args: readonly string[];
};

export function isCurable(code: FailureCode): boolean {
  return CURABLE.has(code);
}

/** Adds to a refusal what `--convert` would do about it, as far as ffmpeg knows the file. */
export async function withCure(refusal: Failure, path: string, signal: AbortSignal): Promise<Failure> {
  const plan = isCurable(refusal.code) ? await planConversion(path, DEFAULT_CRF, signal) : undefined;
  return plan?.ok
    ? { ...refusal, message: `${refusal.message} With --convert: ${plan.value.attempts[0].summary}.` }
    : refusal;
}

export async function planConversion(path: string, crf: number, signal: AbortSignal): Promise<Attempt<ConversionPlan>> {
  const streams = await probeStreams(path, signal);
  if (!streams.ok) return streams;
  const { video, sounds, durationSeconds } = streams.value;
  if (!video) return fail("NO_VIDEO_TRACK", `${path} has no video track: only videos can be packed.`);
  const isInterlaced = INTERLACED.has(video.field_order);
  const copiesVideo = COPIED_VIDEO.has(video.codec_name) && !isInterlaced;
  const copies = sounds.map(({ codec_name, profile }) => COPIED_SOUND.has(codec_name) && !/usac|xhe/i.test(profile));
  const attemptOf = (keepsVideo: boolean, keepsSound: readonly boolean[]): ConversionAttempt => {
    const isLossless = keepsVideo && keepsSound.every(Boolean);
    const encoded = isInterlaced ? "is deinterlaced and encoded as H.264" : "is encoded as H.264";
    const encodeVideo = `-c:v libx264 -preset medium -crf ${crf} -pix_fmt yuv420p${isInterlaced ? " -vf bwdif" : ""}`;
    const soundArgs = keepsSound.map((isKept, index) =>
      isKept ? `-c:a:${index} copy` : `-c:a:${index} aac -b:a:${index} 192k`,
    );
    const codecs = [keepsVideo ? "-c:v copy" : encodeVideo, ...soundArgs].join(" ");
    return {
      summary: [
        ...(isLossless ? ["the film is written anew without loss"] : []),
        `video ${nameOf(video)} ${keepsVideo ? "is copied" : encoded}`,
        ...sounds.map((sound, index) => `sound ${nameOf(sound)} ${keepsSound[index] ? "is copied" : "becomes AAC"}`),
      ].join(", "),
      isLossless,
      args: `-map 0:${video.index} -map 0:a? -map_metadata 0 -dn -sn ${codecs}`.split(" "),
    };
  };
  const nothing = sounds.map(() => false);
  // If a copy does not play, the sound is more often the reason, and is encoded quickly.
  const attempts = [
    attemptOf(copiesVideo, copies),
    attemptOf(copiesVideo, nothing),
    attemptOf(false, nothing),
  ] as const;
  const [first, ...others] = attempts;
  const isNew = ({ summary }: ConversionAttempt, index: number) => summary !== attempts[index]?.summary;
  return ok({ durationSeconds, attempts: [first, ...others.filter(isNew)] });
}

const SAMPLE_SECONDS = 2;

/** How large and how long a conversion will be, from two seconds of its middle. Nothing is written. */
export async function estimateConversion(
  path: string,
  { attempts: [{ args, isLossless }], durationSeconds }: ConversionPlan,
  signal: AbortSignal,
): Promise<{ readonly bytes: Bytes; readonly seconds: Seconds } | undefined> {
  const { size } = await stat(path);
  if (isLossless || durationSeconds === 0) return isLossless ? { bytes: size, seconds: size / 1e8 } : undefined;
  const share = Math.min(1, SAMPLE_SECONDS / durationSeconds);
  const from = ["-ss", String((durationSeconds * (1 - share)) / 2), ...inputArgs(path), "-t", String(SAMPLE_SECONDS)];
  const began = performance.now();
  const bytes = await countOutput([...from, ...args, "-f", "matroska", "pipe:1"], signal);
  if (bytes === undefined) return undefined;
  return { bytes: Math.round(bytes / share), seconds: (performance.now() - began) / 1000 / share };
}

function countOutput(args: readonly string[], signal: AbortSignal): Promise<Bytes | undefined> {
  return new Promise((settle, reject) => {
    const options = ["-nostdin", "-loglevel", "quiet", ...args];
    const child = spawn("ffmpeg", options, { stdio: ["ignore", "pipe", "ignore"], signal });
    let bytes = 0;
    child.stdout.on("data", (block: Buffer) => (bytes += block.length));
    child.once("error", (error) => (signal.aborted ? reject(error) : settle(undefined)));
    child.once("close", (code) => settle(code === 0 ? bytes : undefined));
  });
}

/** `track 2 (hevc)`. The name comes from the file. */
function nameOf({ index, codec_name }: { readonly index: number; readonly codec_name: string }): string {
  return `track ${index + 1} (${codec_name.replaceAll(/[^\x20-\x7e]/g, "?").slice(0, 40) || "unknown"})`;
}

// The protocols are limited, so that a hostile playlist inside a file cannot use the network.
export function inputArgs(path: string): string[] {
  return ["-protocol_whitelist", "file,pipe", "-i", `file:${resolve(path)}`];
}

const Streams = v.object({
  streams: v.array(
    v.object({
      index: v.number(),
      codec_type: v.optional(v.string(), ""),
      codec_name: v.optional(v.string(), ""),
      profile: v.optional(v.string(), ""),
      field_order: v.optional(v.string(), ""),
      disposition: v.optional(v.record(v.string(), v.number()), {}),
    }),
  ),
  format: v.object({ duration: v.optional(v.string(), "0") }),
});

async function probeStreams(path: string, signal: AbortSignal) {
  const args = ["-v", "quiet", ...inputArgs(path), "-show_streams", "-show_format", "-of", "json"];
  try {
    const { stdout } = await promisify(execFile)("ffprobe", args, { signal, maxBuffer: 16 << 20 });
    const json = parseStrictJson(utf8(stdout));
    const { streams, format } = v.parse(Streams, json.ok ? json.value : undefined);
    const videos = streams.filter(
      ({ codec_type, disposition }) => codec_type === "video" && !disposition["attached_pic"],
    );
    return ok({
      video: videos.find((stream) => !PICTURES.has(stream.codec_name)) ?? videos[0],
      sounds: streams.filter(({ codec_type }) => codec_type === "audio"),
      durationSeconds: Number(format.duration) || 0,
    });
  } catch (error) {
    if (signal.aborted) throw error;
    if (codeOf(error) === "ENOENT")
      return fail("FFMPEG_MISSING", "--convert needs ffmpeg: install it, then try again.");
    return fail("NOT_A_VIDEO", `${path} cannot be read by ffmpeg either.`);
  }
}
