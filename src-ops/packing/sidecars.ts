import { readdir } from "node:fs/promises";
import { basename, dirname, extname, join } from "node:path";
import { truncateLine, unsafeCharacterIn } from "../../src-shared/encoding/line.ts";
import { MAX_CATALOG_TEXT_CHARS } from "../../src-shared/limits.ts";
import { MAX_CHAPTERS } from "../../src-shared/limits.ts";
import { ok } from "../../src-shared/result.ts";
import type { Seconds } from "../../src-shared/units.ts";
import type { CatalogVideo } from "../../src-shared/vault/index.ts";
import { type Attempt, fail } from "../failure.ts";
import { formatDuration } from "../formatting.ts";
import { cueWords } from "./cue-text.ts";
import type { InnerTracks } from "./inner-tracks.ts";
import { readTextTrack } from "./read-text-track.ts";
import { comparableName, labelOfLanguage, sidecarRole, type SubtitleKind } from "./sidecar-name.ts";
import type { Cue } from "./webvtt.ts";

export type PlannedSubtitle = {
  readonly language: string;
  readonly kind: SubtitleKind;
  readonly label: string;
  readonly bytes: Uint8Array;
};

export type Sidecars = {
  readonly subtitles: readonly PlannedSubtitle[];
  readonly chapters: CatalogVideo["chapters"];
  /** What is left out, and why: one sentence each. */
  readonly notes: readonly string[];
};

/** A file that belongs to a film. */
export type SidecarFile = { readonly path: string } & (
  | { readonly role: "subtitles"; readonly language: string; readonly kind: SubtitleKind }
  | { readonly role: "chapters" }
);

/** The files that a publisher named for a film; absent: those beside it. */
export type NamedSidecars = {
  readonly subtitles?: readonly SidecarFile[] | undefined;
  readonly chapters?: SidecarFile | undefined;
};

type Mark = { readonly startSeconds: Seconds; readonly title: string };

const FILM_FORMATS = new Set([".mp4", ".m4v", ".mov", ".webm", ".mkv"]);

/** Finds the files that belong to a video by their names: `film.fr.vtt`, `film.en.forced.srt`, `film.chapters.vtt`. */
export async function listSidecars(
  videoPath: string,
): Promise<{ readonly files: readonly SidecarFile[]; readonly notes: readonly string[] }> {
  const folder = dirname(videoPath);
  const stem = stemOf(basename(videoPath));
  const names = (await readdir(folder)).toSorted();
  const files: SidecarFile[] = [];
  const notes: string[] = [];
  for (const name of names) {
    const role = sidecarRole(name, stem);
    if (role === undefined || belongsToAnother(name, stem, names)) continue;
    const path = join(folder, name);
    if (role.role === "unknown") notes.push(`${path} is left out: ${role.why}.`);
    else files.push({ ...role, path });
  }
  return { files, notes };
}

/** Reads what belongs to a video: what its publisher named, or else what is beside it. */
export async function findSidecars(
  videoPath: string,
  encoding?: string,
  named: NamedSidecars = {},
): Promise<Attempt<Sidecars>> {
  const beside = await listSidecars(videoPath);
  const isNamed = ({ role }: SidecarFile) => (role === "subtitles" ? named.subtitles : named.chapters) !== undefined;
  const files = [
    ...beside.files.filter((file) => !isNamed(file)),
    ...(named.subtitles ?? []),
    ...(named.chapters ? [named.chapters] : []),
  ];
  const subtitles: PlannedSubtitle[] = [];
  const notes = [...beside.notes];
  let chapters: CatalogVideo["chapters"] | undefined;
  for (const { path, ...role } of files) {
    const leaveOut = (why: string) => notes.push(`${path} is left out: ${why}.`);
    const read = await readTextTrack(path, encoding);
    if (!read.ok) return read;
    const { bytes, cues } = read.value;
    for (const cue of cues.filter(({ startSeconds, endSeconds }) => startSeconds === endSeconds)) {
      notes.push(`${path}: the cue at ${formatDuration(cue.startSeconds)} has no length and is never shown.`);
    }
    if (role.role === "chapters") {
      const marks = chaptersOf(path, marksOf(cues));
      if (!marks.ok) return marks;
      if (chapters) leaveOut("another file has the chapters");
      chapters ??= marks.value;
    } else if (subtitles.some(({ language, kind }) => language === role.language && kind === role.kind)) {
      leaveOut("another file has the same subtitles");
    } else subtitles.push({ ...role, label: labelOfLanguage(role.language), bytes });
  }
  return ok({ subtitles, chapters: chapters ?? [], notes });
}

/** Adds what is inside the film. A file beside it wins over a track inside it. */
export function withInnerTracks(path: string, beside: Sidecars, inner: InnerTracks): Attempt<Sidecars> {
  const subtitles = [...beside.subtitles];
  const notes = [...beside.notes, ...inner.notes];
  for (const { language, kind, track } of inner.subtitles) {
    if (subtitles.some((other) => other.language === language && other.kind === kind)) {
      notes.push(
        `${path}: its inner subtitles in ${labelOfLanguage(language)} are left out: there are others like them.`,
      );
    } else subtitles.push({ language, kind, label: labelOfLanguage(language), bytes: track.bytes });
  }
  if (beside.chapters.length > 0) return ok({ subtitles, chapters: beside.chapters, notes });
  const chapters = chaptersOf(path, inner.chapters);
  return chapters.ok ? ok({ subtitles, chapters: chapters.value, notes }) : chapters;
}

// `film.part 2.fr.vtt` belongs to `film.part 2.mp4`, if there is one, and not to `film.mp4`.
function belongsToAnother(name: string, stem: string, names: readonly string[]): boolean {
  return names.some((film) => {
    const other = stemOf(film);
    return FILM_FORMATS.has(extname(film).toLowerCase()) && other.length > stem.length && sidecarRole(name, other);
  });
}

function stemOf(name: string): string {
  return comparableName(name.slice(0, name.length - extname(name).length));
}

function marksOf(cues: readonly Cue[]): Mark[] {
  return cues.map(({ startSeconds, text }) => ({ startSeconds, title: cueWords(text) }));
}

function chaptersOf(path: string, marks: readonly Mark[]): Attempt<CatalogVideo["chapters"]> {
  const chapters = marks
    .map(({ startSeconds, title }) => ({
      startSeconds,
      title: truncateLine(title.replaceAll(/\s+/g, " ").trim(), MAX_CATALOG_TEXT_CHARS),
    }))
    .toSorted((a, b) => a.startSeconds - b.startSeconds)
    .slice(0, MAX_CHAPTERS);
  for (const { startSeconds, title } of chapters) {
    const unsafe = unsafeCharacterIn(title);
    if (unsafe === undefined) continue;
    const where = `${path}: the chapter at ${formatDuration(startSeconds)}`;
    return fail("TITLE_INVALID", `${where} has ${unsafe}, a control character or direction mark: remove it first.`);
  }
  return ok(chapters);
}
