import { basename, extname } from "node:path";
import { FilePathSource, Input, type InputTrack, Logging, LogLevel, MATROSKA, MP4, QTFF, WEBM } from "mediabunny";
import { safeLine, truncateLine, unsafeCharacterIn } from "../../src-shared/encoding/line.ts";
import { MAX_SOUNDS } from "../../src-shared/limits.ts";
import { codeOf } from "../../src-shared/node/atomic-files.ts";
import { ok } from "../../src-shared/result.ts";
import type { Bytes, Seconds } from "../../src-shared/units.ts";
import { type CatalogVideo, VIDEO_TYPES } from "../../src-shared/vault/index.ts";
import { type Attempt, fail, failureOf } from "../failure.ts";
import { formatDuration } from "../formatting.ts";
import { labelOfLanguage, languageTag } from "./sidecar-name.ts";
import {
  chooseTracks,
  CONVERT,
  decodeKeyFrames,
  empty,
  type FileWindow,
  incomplete,
  type IsoFacts,
  measureFilm,
  type NamedTrack,
  openFileWindow,
  scanContainer,
} from "./source/index.ts";

export type ProbedVideo = {
  readonly title: string;
  readonly durationSeconds: Seconds;
  readonly width: number;
  readonly height: number;
  readonly type: CatalogVideo["type"];
  readonly codecs: readonly string[];
  /** The sound tracks that play, in the order of the file. */
  readonly sounds: NonNullable<CatalogVideo["sounds"]>;
};

/** A video as its file describes it, and what a publisher should know about it. */
export type ProbedFilm = {
  readonly metadata: ProbedVideo;
  readonly hasSound: boolean;
  /** The film's track; only video tracks are counted. */
  readonly videoIndex: number;
  /** There are subtitles or chapters inside the file. */
  readonly hasInnerText: boolean;
  readonly notes: readonly string[];
};

// In UTF-16 units, so that readers that count those instead of code points accept every title too.
export const MAX_TITLE_UNITS = 200;

/**
 * Reads a video file from its first to its last sample. Refuses what Chromium would not play to the end, with picture
 * and sound.
 */
export async function probeVideo(
  path: string,
  signal: AbortSignal,
  givenTitle?: string,
  onRead: (bytes: Bytes) => void = () => {},
): Promise<Attempt<ProbedFilm>> {
  // Otherwise the library prints to the console, in the middle of the --json output.
  Logging.level = LogLevel.Silent;
  const input = new Input({ formats: [MP4, QTFF, WEBM, MATROSKA], source: new FilePathSource(path) });
  const file = await openFileWindow(path);
  try {
    return await probeInput(path, input, file, signal, givenTitle, onRead);
  } catch (error) {
    if (signal.aborted) throw error;
    if (codeOf(error) !== "") return { ok: false, error: failureOf(error) };
    // Its parsers throw plain errors for files that are damaged or are not videos.
    return fail("NOT_A_VIDEO", `${path} is not a readable mp4, mov, webm or mkv file: ${CONVERT}.`);
  } finally {
    await file.close();
    input.dispose();
  }
}

async function probeInput(
  path: string,
  input: Input,
  file: FileWindow,
  signal: AbortSignal,
  givenTitle: string | undefined,
  onRead: (bytes: Bytes) => void,
): Promise<Attempt<ProbedFilm>> {
  const format = await input.getFormat();
  const type = VIDEO_TYPES.find((known) => known === format.mimeType);
  if (!type) return fail("NOT_A_VIDEO", `${path} is a ${format.name} file, which the app does not play: ${CONVERT}.`);
  const container = await scanContainer(file, type === "video/webm" || type === "video/x-matroska");
  if (container.isEncrypted) return refuseEncrypted(path);
  if (container.iso?.hasHeader === false) {
    if (container.iso.hasData) return incomplete(path, "file", 0, "the index at its end is missing");
    return fail("NOT_A_VIDEO", `${path} is not a readable mp4, mov, webm or mkv file: ${CONVERT}.`);
  }
  const chosen = await chooseTracks(path, input);
  if (!chosen.ok) return chosen;
  const { video, sounds, notes } = chosen.value;
  const measured = await measureFilm(path, file, container, [video, ...sounds], signal, onRead);
  if (!measured.ok) return measured;
  // A cut Matroska file ends between two blocks without a sign. The lengths in headers of mp4 are often wrong.
  const promised = container.iso ? 0 : await input.getDurationFromMetadata();
  const { durationSeconds } = measured.value;
  if (durationSeconds === 0) return empty(path);
  // Chromium gives such a film no end, and does not jump in it.
  if (promised === null) return refuseUnseekable(path, "length");
  if (isTooLong(promised, durationSeconds))
    return incomplete(path, "file", durationSeconds, `its header promises ${formatDuration(promised)}`);
  const claimed = claimedLength(container.iso, [video, ...sounds]);
  if (isTooLong(claimed, durationSeconds)) return refuseLength(path, claimed, durationSeconds);
  if (!container.hasIndex) return refuseUnseekable(path, "index");
  const keyFrames = await decodeKeyFrames(path, await codecOf(video.track), video.index, signal);
  if (keyFrames === "broken") {
    return incomplete(path, video.name, durationSeconds, "at least one of its key frames cannot be decoded");
  }
  const codecs = new Set<string>();
  for (const { track } of [video, ...sounds]) codecs.add(await codecOf(track));
  const title = titleOf(path, givenTitle ?? (await input.getMetadataTags()).title);
  if (!title.ok) return title;
  const metadata = {
    title: title.value,
    durationSeconds,
    width: await video.track.getDisplayWidth(),
    height: await video.track.getDisplayHeight(),
    type,
    codecs: [...codecs],
    sounds: await describeSounds(sounds),
  };
  const facts = { hasSound: sounds.length > 0, videoIndex: video.index, hasInnerText: container.hasInnerText };
  return ok({ metadata, ...facts, notes });
}

function claimedLength(iso: IsoFacts | undefined, chosen: readonly NamedTrack[]): Seconds {
  const ids = new Set(chosen.map(({ track }) => track.id));
  const claims = (iso?.tracks ?? []).flatMap(({ id, claimedSeconds }) => (ids.has(id) ? [claimedSeconds] : []));
  return Math.max(0, ...claims);
}

/** Whether a length that is promised or shown is more than what the samples hold; a little more is usual. */
export function isTooLong(shown: Seconds, held: Seconds): boolean {
  return shown > held * 1.02 + 2;
}

export function refuseLength(path: string, shown: Seconds, held: Seconds) {
  const cure = "write it anew with `ffmpeg -i IN -c copy OUT.mp4`";
  const lengths = `a length of ${formatDuration(shown)}, but it ends at ${formatDuration(held)}`;
  return fail("SOURCE_MALFORMED", `${path}: the app's own player shows ${lengths}: ${cure}.`);
}

async function describeSounds(sounds: readonly NamedTrack[]): Promise<ProbedVideo["sounds"]> {
  const described = [];
  for (const { track } of sounds.slice(0, MAX_SOUNDS)) {
    const { default: isDefault, commentary } = await track.getDisposition();
    const language = languageTag(await track.getLanguageCode()) ?? "und";
    const name = safeLine(truncateLine((await track.getName()) ?? "", MAX_TITLE_UNITS)).trim();
    const label = [language === "und" ? "" : labelOfLanguage(language), name].filter(Boolean).join(" – ");
    described.push({ language, label, isDefault: isDefault && !commentary });
  }
  // One is heard: the first that the file wants, else the first.
  const chosen = Math.max(
    0,
    described.findIndex(({ isDefault }) => isDefault),
  );
  return described.map((sound, index) => ({ ...sound, isDefault: index === chosen }));
}

async function codecOf(track: InputTrack): Promise<string> {
  return (await track.getCodecParameterString()) ?? "";
}

function refuseEncrypted(path: string) {
  return fail("SOURCE_ENCRYPTED", `${path} is protected by another system: pack the film without that protection.`);
}

function refuseUnseekable(path: string, missing: "index" | "length") {
  const message = `${path} has no ${missing}, so nobody could jump in it: write it anew without loss, with \`ffmpeg -i IN -c copy OUT.mkv\`.`;
  return fail("SOURCE_UNSEEKABLE", message);
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

/**
 * `Summer_at-sea.mp4` gives `Summer at sea`. A name with spaces is written as it should be read: `Dr. Who 2.0`. In others
 * underscores and dots stand for spaces, and hyphens only between small letters: `Spider-Man`, `T-34` and `2024-05-01` stay.
 */
export function titleFromName(path: string): string {
  return titleFromStem(basename(path, extname(path)));
}

/** The same from the name of a folder, or of a file without its ending. */
export function titleFromStem(stem: string): string {
  const title = tidyTitle(/\s/.test(stem.trim()) ? stem : withSpaces(stem)) || stem;
  // `iPhone` begins with a small letter.
  return /^.\p{Lu}/u.test(title) ? title : title.charAt(0).toLocaleUpperCase() + title.slice(1);
}

function withSpaces(stem: string): string {
  const isSlug = /_|-.*-/.test(stem);
  const hyphens = isSlug ? stem.replaceAll(/(?<=\p{Ll})-(?=\p{Ll})/gu, " ") : stem;
  // The point of `2.0` is none of a name's separators.
  return hyphens.replaceAll(/_+|(?<!(?<!\d)\d{1,2}(?=\.\d(?!\d)))\.+/g, " ");
}

// Padding at the ends is not part of a title (some programs fill the field up with NUL), and an invisible title is
// none.
function tidyTitle(title: string): string {
  const trimmed = title.replaceAll(/^[\s\0]+|[\s\0]+$/g, "");
  if (!/[^\s\p{Cf}]/u.test(trimmed)) return "";
  return truncateLine(trimmed.replaceAll(/[^\S\r\n\u2028\u2029]+/g, " "), MAX_TITLE_UNITS);
}
