import { basename, extname } from "node:path";
import { FilePathSource, Input, type InputTrack, Logging, LogLevel, MATROSKA, MP4, QTFF, WEBM } from "mediabunny";
import { truncateLine, unsafeCharacterIn } from "../../src-shared/encoding/line.ts";
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

// In UTF-16 units, so that readers that count those instead of code points accept every title too.
const MAX_TITLE_UNITS = 200;
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
  const title = titleOf(path, (await input.getMetadataTags()).title);
  if (!title.ok) return title;
  return ok({
    title: title.value,
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

/** The title in a file's metadata, or else the one that its name gives. */
export function titleOf(path: string, tag: string | undefined): Attempt<string> {
  const inMetadata = tidyTitle(tag ?? "");
  const title = inMetadata || titleFromName(path);
  const unsafe = unsafeCharacterIn(title);
  if (unsafe === undefined) return ok(title);
  const where = inMetadata ? "metadata" : "name";
  return fail(
    "TITLE_INVALID",
    `${path}: the title in its ${where} has ${unsafe}, a line break, control character or direction mark: remove it first.`,
  );
}

/** `Summer_at-sea.mp4` gives `Summer at sea`. */
export function titleFromName(path: string): string {
  const stem = basename(path, extname(path));
  const title = tidyTitle(stem.replaceAll(/[_.]+|(?<=\S)-(?=\S)/g, " ")) || stem;
  return title.charAt(0).toLocaleUpperCase() + title.slice(1);
}

// Padding at the ends is not part of a title (some programs fill the field up with NUL), and an invisible title is
// none.
function tidyTitle(title: string): string {
  const trimmed = title.replaceAll(/^[\s\0]+|[\s\0]+$/g, "");
  if (!/[^\s\p{Cf}]/u.test(trimmed)) return "";
  return truncateLine(trimmed.replaceAll(/[^\S\r\n\u2028\u2029]+/g, " "), MAX_TITLE_UNITS);
}
