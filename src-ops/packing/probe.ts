import { basename, extname } from "node:path";
import { FilePathSource, Input, type InputTrack, Logging, LogLevel, MATROSKA, MP4, QTFF, WEBM } from "mediabunny";
import { codeOf } from "../../src-shared/node/atomic-files.ts";
import { ok } from "../../src-shared/result.ts";
import type { Seconds } from "../../src-shared/units.ts";
import { type CatalogVideo, VIDEO_TYPES } from "../../src-shared/vault/index.ts";
import { type Attempt, fail, failureOf } from "../failure.ts";
import { unplayableCodec } from "./codecs.ts";

export type ProbedVideo = {
  readonly title: string;
  readonly durationSeconds: Seconds;
  readonly width: number;
  readonly height: number;
  readonly type: CatalogVideo["type"];
  readonly codecs: readonly string[];
};

const MAX_TITLE_CHARS = 200;
const CONVERT = "convert it first, for example with `ffmpeg -i IN -c:v libx264 -c:a aac OUT.mp4`";

/** Reads the metadata of a video file without loading the whole file. Refuses what Chromium would not play. */
export async function probeVideo(path: string): Promise<Attempt<ProbedVideo>> {
  // Otherwise the library prints to the console, in the middle of the --json output.
  Logging.level = LogLevel.Silent;
  const input = new Input({ formats: [MP4, QTFF, WEBM, MATROSKA], source: new FilePathSource(path) });
  try {
    return await probeInput(path, input);
  } catch (error) {
    if (codeOf(error) !== "") return { ok: false, error: failureOf(error) };
    // Its parsers throw plain errors for files that are damaged or are not videos.
    return fail("NOT_A_VIDEO", `${path} is not a readable mp4, mov, webm or mkv file: ${CONVERT}.`);
  } finally {
    input.dispose();
  }
}

async function probeInput(path: string, input: Input): Promise<Attempt<ProbedVideo>> {
  const format = await input.getFormat();
  const type = VIDEO_TYPES.find((known) => known === format.mimeType);
  const video = await input.getPrimaryVideoTrack();
  if (!type) return fail("NOT_A_VIDEO", `${path} is a ${format.name} file, which the app does not play: ${CONVERT}.`);
  if ((await input.getTracks()).length === 0)
    return fail("NOT_A_VIDEO", `${path} is damaged or incomplete: ${CONVERT}.`);
  if (!video) return fail("NO_VIDEO_TRACK", `${path} has no video track: only videos can be packed.`);
  const codecs: string[] = [];
  for (const track of await input.getTracks()) {
    const unplayable = await unplayableCodec(track);
    if (unplayable !== undefined) return refuseCodec(path, track, unplayable);
    const codec = await track.getCodecParameterString();
    if (codec !== null && !codecs.includes(codec)) codecs.push(codec);
  }
  return ok({
    title: tidyTitle((await input.getMetadataTags()).title) || titleFromName(path),
    durationSeconds: (await input.getDurationFromMetadata()) ?? (await input.computeDuration()),
    width: await video.getDisplayWidth(),
    height: await video.getDisplayHeight(),
    type,
    codecs,
  });
}

function refuseCodec(path: string, track: InputTrack, codec: string) {
  const kind = track.isVideoTrack() ? "video" : "sound";
  return fail("CODEC_UNSUPPORTED", `${path}: the app does not play its ${kind} codec ${codec}: ${CONVERT}.`);
}

function tidyTitle(title: string | undefined): string {
  const visible = (title ?? "").replaceAll(/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/gu, " ");
  return visible.replaceAll(/\s+/g, " ").trim().slice(0, MAX_TITLE_CHARS).toWellFormed();
}

/** `Summer_at-sea.mp4` gives `Summer at sea`. */
export function titleFromName(path: string): string {
  const stem = basename(path, extname(path));
  const title = tidyTitle(stem.replaceAll(/[_.]+|(?<=\S)-(?=\S)/g, " ")) || stem;
  return title.charAt(0).toLocaleUpperCase() + title.slice(1);
}
