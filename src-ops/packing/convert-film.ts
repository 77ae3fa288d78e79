import { execFile, spawn } from "node:child_process";
import { mkdtemp, rm, stat } from "node:fs/promises";
import { basename, extname, join, resolve } from "node:path";
import { promisify } from "node:util";
import * as v from "valibot";
import { parseStrictJson } from "../../src-shared/encoding/strict-json.ts";
import { utf8 } from "../../src-shared/encoding/text.ts";
import { codeOf } from "../../src-shared/node/atomic-files.ts";
import { ok } from "../../src-shared/result.ts";
import { type Attempt, fail, type FailureCode } from "../failure.ts";
import type { Job } from "../job.ts";
import { probeVideo, type ProbedFilm } from "./probe.ts";

/** Refusals that a new file can cure. What is missing in a cut film cannot be made. */
const CURABLE: ReadonlySet<FailureCode> = new Set<FailureCode>([
  "CODEC_UNSUPPORTED",
  "NOT_A_VIDEO",
  "SOURCE_MALFORMED",
  "SOURCE_UNSEEKABLE",
]);
const COPIED_VIDEO = new Set(["h264", "vp8", "vp9", "av1"]);
/** A cover, not the film. */
const PICTURES = new Set(["mjpeg", "png", "bmp"]);
const COPIED_SOUND = new Set(["aac", "mp3", "opus", "vorbis", "flac"]);

export const DEFAULT_CRF = 20;

export type ConvertOptions = { readonly folder: string; readonly crf: number };
export type ConvertedFilm = { readonly path: string; readonly film: ProbedFilm };

export function isCurable(code: FailureCode): boolean {
  return CURABLE.has(code);
}

/**
 * A private folder for unencrypted copies, below a folder on the publisher's own disk. It is removed when it is closed,
 * and also if this process is killed: another process waits for its end.
 */
export async function openPrivateFolder(parent: string): Promise<{ folder: string; close: () => Promise<void> }> {
  const folder = await mkdtemp(join(resolve(parent), "converting-"));
  const program =
    'process.stdin.on("end", () => require("node:fs").rmSync(process.argv[1], { recursive: true, force: true, maxRetries: 20 })).resume()';
  const guard = spawn(process.execPath, ["-e", program, folder], {
    detached: true,
    stdio: ["pipe", "ignore", "ignore"],
  });
  guard.on("error", () => {});
  guard.unref();
  return {
    folder,
    close: async () => {
      await rm(folder, { recursive: true, force: true });
      guard.stdin?.end();
    },
  };
}

/** Makes a film that plays: first without loss, where only the container is in the way, else with new codecs. */
export async function convertFilm(
  path: string,
  options: ConvertOptions,
  job: Job,
  title?: string,
): Promise<Attempt<ConvertedFilm>> {
  const streams = await probeStreams(path, job.signal);
  if (!streams.ok) return streams;
  const { video, sounds, durationSeconds } = streams.value;
  if (!video) return fail("NO_VIDEO_TRACK", `${path} has no video track: only videos can be packed.`);
  const isInterlaced = ["tt", "bb", "tb", "bt"].includes(video.field_order);
  const copiesVideo = COPIED_VIDEO.has(video.codec_name) && !isInterlaced;
  const encodeVideo = `-c:v libx264 -preset medium -crf ${options.crf} -pix_fmt yuv420p${isInterlaced ? " -vf bwdif" : ""}`;
  const soundArgs = sounds.map(({ codec_name, profile }, index) =>
    COPIED_SOUND.has(codec_name) && !/usac|xhe/i.test(profile)
      ? `-c:a:${index} copy`
      : `-c:a:${index} aac -b:a:${index} 192k`,
  );
  const everything = [encodeVideo, "-c:a aac -b:a 192k"];
  const attempts = [[copiesVideo ? "-c:v copy" : encodeVideo, ...soundArgs], everything];
  // Under its own name, which may become the title; in a folder of its own, because two films may have the same.
  const out = join(await mkdtemp(join(options.folder, "film-")), `${basename(path, extname(path))}.mkv`);
  let last: Attempt<ConvertedFilm> = fail("SOURCE_UNREADABLE", `${path} cannot be converted by ffmpeg.`);
  for (const args of attempts) {
    const words = `-map 0:${video.index} -map 0:a? -map_metadata 0 -dn -sn ${args.join(" ")}`.split(" ");
    if (!(await encode(path, words, out, durationSeconds, job))) continue;
    const film = await probeVideo(out, job.signal, title);
    if (film.ok) return ok({ path: out, film: film.value });
    last = film;
  }
  return last;
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

const INPUT = (path: string) => ["-protocol_whitelist", "file,pipe", "-i", `file:${resolve(path)}`];

async function probeStreams(path: string, signal: AbortSignal) {
  const args = ["-v", "quiet", ...INPUT(path), "-show_streams", "-show_format", "-of", "json"];
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

/** Shows how much is done as a share of the source's bytes. */
async function encode(path: string, words: readonly string[], out: string, durationSeconds: number, job: Job) {
  const { size } = await stat(path);
  const args = ["-y", "-nostdin", "-loglevel", "error", "-progress", "pipe:1", ...INPUT(path), ...words, out];
  return new Promise<boolean>((settle, reject) => {
    const child = spawn("ffmpeg", args, { stdio: ["ignore", "pipe", "ignore"], signal: job.signal });
    child.stdout.setEncoding("latin1").on("data", (text: string) => {
      const seconds = Number(/out_time_us=(\d+)/.exec(text)?.[1] ?? 0) / 1e6;
      const done = durationSeconds > 0 ? Math.min(size, Math.round((size * seconds) / durationSeconds)) : 0;
      const name = `${basename(path)} (converting)`;
      job.progress.show({ name, fileDone: done, fileBytes: size, allDone: done, allBytes: size });
    });
    child.once("error", (error) => (job.signal.aborted ? reject(error) : settle(false)));
    child.once("close", (code) => settle(code === 0));
  });
}
