import { createHash } from "node:crypto";
import { basename, resolve } from "node:path";
import { err, ok } from "../../src-shared/result.ts";
import { planStoryboard } from "../../src-shared/storyboard.ts";
import type { Bytes } from "../../src-shared/units.ts";
import { type Attempt, fail, type Failure } from "../failure.ts";
import { isInside } from "../paths.ts";
import { type Poster, readPoster } from "./poster.ts";
import { type ProbedFilm, type ProbedVideo, probeVideo } from "./probe.ts";
import type { Job } from "../job.ts";
import { isCurable, withCure } from "./conversion-plan.ts";
import { type Accept, type ConvertedFilm, convertFilm, type ConvertOptions } from "./convert-film.ts";
import type { CourseFilm } from "./course.ts";
import { createMeter, type Meter } from "./meter.ts";
import { readInnerTracks } from "./inner-tracks.ts";
import { type Source, sourceOf, statOf } from "./source-file.ts";
import { isKnownEncoding } from "./read-text-track.ts";
import type { StoryboardOrder } from "./storyboard.ts";
import { findSidecars, type NamedSidecars, type Sidecars, withInnerTracks } from "./sidecars.ts";

export type PlannedVideo = {
  readonly source: Source;
  readonly name: string;
  readonly description: string | undefined;
  /** The place of its section in the course. */
  readonly section: number | undefined;
  readonly metadata: ProbedVideo;
  readonly hasSound: boolean;
  readonly poster: Poster | undefined;
  readonly storyboard: Omit<StoryboardOrder, "path"> | undefined;
  readonly sidecars: Sidecars;
  /** What the publisher should know: what is left out, and why. */
  readonly notes: readonly string[];
  /** Changes with everything except the video's own bytes: title, subtitles, chapters, chosen poster. */
  readonly fingerprint: string;
};

export type PlanOptions = {
  readonly subtitleEncoding?: string | undefined;
  /** Converts what would be refused, if that helps. */
  readonly convert?: ConvertOptions | undefined;
  /** Leaves out what is refused, instead of packing nothing. */
  readonly skipRefused?: boolean | undefined;
  /** False: films get no pictures for the seek bar. */
  readonly storyboards?: boolean | undefined;
};

export type Plan = { readonly videos: readonly PlannedVideo[]; readonly refused: readonly Failure[] };

/** Checks every file before the first byte is written, so that a refused file leaves the stick unchanged. */
export async function planVideos(
  stick: string,
  films: readonly CourseFilm[],
  options: PlanOptions,
  job: Job,
): Promise<Attempt<Plan>> {
  const { subtitleEncoding } = options;
  if (subtitleEncoding !== undefined && !isKnownEncoding(subtitleEncoding)) {
    return fail("USAGE", `--subtitle-encoding ${subtitleEncoding} is not known: for example utf-16le or windows-1252.`);
  }
  const planned: PlannedVideo[] = [];
  const refused: Failure[] = [];
  const meter = createMeter(job.progress, await bytesOf(films));
  const paths = new Set<string>();
  for (const film of films) {
    const path = resolve(film.path);
    if (paths.has(path)) return fail("USAGE", `${film.path} is named twice.`);
    paths.add(path);
    const video = await planVideo(stick, { ...film, path }, options, job, meter);
    meter.endFile();
    if (video.ok) planned.push(video.value);
    else if (options.skipRefused !== true) return video;
    else refused.push(video.error);
  }
  return ok({ videos: planned, refused });
}

/** What will be read. A file that is missing is refused later, by its name. */
async function bytesOf(films: readonly CourseFilm[]): Promise<Bytes> {
  let bytes = 0;
  for (const { path } of films) bytes += (await statOf(path))?.size ?? 0;
  return bytes;
}

async function planVideo(
  stick: string,
  given: CourseFilm,
  options: PlanOptions,
  job: Job,
  meter: Meter,
): Promise<Attempt<PlannedVideo>> {
  const { path, description, section } = given;
  const poster = given.poster === undefined ? ok(undefined) : await readPoster(given.poster);
  if (!poster.ok) return poster;
  const original = await sourceOf(path);
  if (!original.ok) return original;
  if (await isInside(path, stick)) {
    return fail("ON_STICK", `${path} is on the stick, unencrypted: move it to your computer and pack it from there.`);
  }
  meter.startFile(`${basename(path)} (reading)`, original.value.size);
  const taken = await takeFilm(given, options, job, meter);
  if (!taken.ok) return taken;
  const { film, isConverted } = taken.value;
  const source = await sourceOf(taken.value.path);
  if (!source.ok) return source;
  const sidecars = await readSidecars(
    path,
    // A converted copy has none; its source may have.
    { hasInnerText: isConverted || film.hasInnerText },
    { encoding: options.subtitleEncoding, named: given },
    job.signal,
  );
  if (!sidecars.ok) return sidecars;
  const metadata = given.title === undefined ? film.metadata : { ...film.metadata, title: given.title };
  const storyboard = options.storyboards === false ? undefined : orderStoryboard({ ...film, metadata });
  const rest = { metadata, poster: poster.value, storyboard, sidecars: sidecars.value };
  const { hasSound } = film;
  const notes = [...taken.value.notes, ...film.notes, ...sidecars.value.notes];
  const facts = { source: source.value, name: basename(path), description, section };
  return ok({ ...facts, ...rest, hasSound, notes, fingerprint: fingerprintOf(rest) });
}

/** The film as it is packed: the file itself, or a converted copy of one that would be refused. */
async function takeFilm({ path, title }: CourseFilm, { convert }: PlanOptions, job: Job, meter: Meter) {
  const film = await probeVideo(path, job.signal, title, (bytes) => meter.add(bytes));
  if (film.ok) return ok({ path, film: film.value, notes: [], isConverted: false });
  if (convert === undefined) return err(await withCure(film.error, path, job.signal));
  if (!isCurable(film.error.code)) return film;
  // Its own title tag is copied too; without one, the name of the copy must not become the title.
  const converted = await convertFilm(path, convert, job, title);
  if (!converted.ok) return converted;
  return ok({ ...converted.value, notes: [noteOf(path, converted.value)], isConverted: true });
}

/** Converts a film that the app's own player could not play; `accept` tries what comes out. */
export async function planConverted(
  video: PlannedVideo,
  convert: ConvertOptions,
  job: Job,
  accept: Accept,
): Promise<Attempt<PlannedVideo>> {
  const { path } = video.source;
  const converted = await convertFilm(path, convert, job, video.metadata.title, accept);
  if (!converted.ok) return converted;
  const source = await sourceOf(converted.value.path);
  if (!source.ok) return source;
  const { metadata, hasSound, notes } = converted.value.film;
  const storyboard = video.storyboard && orderStoryboard(converted.value.film);
  const planned = { ...video, source: source.value, metadata, hasSound, storyboard };
  return ok({
    ...planned,
    notes: [noteOf(path, converted.value), ...video.notes, ...notes],
    fingerprint: fingerprintOf(planned),
  });
}

const noteOf = (path: string, { summary }: ConvertedFilm) => `${path} is converted: ${summary}.`;

/** What belongs to a film: the files beside it, and the tracks inside it. */
export async function readSidecars(
  path: string,
  film: Pick<ProbedFilm, "hasInnerText">,
  { encoding, named }: { readonly encoding?: string | undefined; readonly named?: NamedSidecars | undefined },
  signal: AbortSignal,
): Promise<Attempt<Sidecars>> {
  const beside = await findSidecars(path, encoding, named);
  if (!beside.ok || !film.hasInnerText) return beside;
  return withInnerTracks(path, beside.value, await readInnerTracks(path, signal));
}

function orderStoryboard({ metadata, videoIndex }: Pick<ProbedFilm, "metadata" | "videoIndex">) {
  const layout = planStoryboard(metadata);
  return layout && { layout, videoIndex };
}

function fingerprintOf({
  metadata,
  poster,
  storyboard,
  sidecars,
}: Pick<PlannedVideo, "metadata" | "poster" | "storyboard" | "sidecars">): string {
  const facts = [metadata, sidecars.chapters, poster?.type, ...(storyboard ? [storyboard] : [])];
  const hash = createHash("sha256").update(JSON.stringify(facts));
  if (poster) hash.update(poster.bytes);
  for (const { language, kind, bytes } of sidecars.subtitles) {
    hash.update(`${language} ${kind} ${bytes.length}\n`).update(bytes);
  }
  return hash.digest("hex");
}
