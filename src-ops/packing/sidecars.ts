import { readdir, readFile, stat } from "node:fs/promises";
import { basename, dirname, extname, join } from "node:path";
import { truncateLine, unsafeCharacterIn } from "../../src-shared/encoding/line.ts";
import { MAX_CATALOG_TEXT_CHARS } from "../../src-shared/limits.ts";
import { MAX_CHAPTERS } from "../../src-shared/limits.ts";
import { MAX_SIDECAR_BYTES } from "../../src-shared/limits.ts";
import { err, ok, type Result } from "../../src-shared/result.ts";
import { MIB } from "../../src-shared/units.ts";
import { type CatalogVideo, SUBTITLE_SUFFIX } from "../../src-shared/vault/index.ts";
import { type Attempt, fail, type Failure } from "../failure.ts";
import { formatDuration } from "../formatting.ts";
import { type Cue, parseWebVtt } from "./webvtt.ts";

export type PlannedSubtitle = { readonly language: string; readonly label: string; readonly bytes: Uint8Array };

export type Sidecars = {
  readonly subtitles: readonly PlannedSubtitle[];
  readonly chapters: CatalogVideo["chapters"];
  /** Files that look like sidecars but name no language. */
  readonly ignored: readonly string[];
};

const CHAPTERS = "chapters";

/** Finds the files that belong to a video: `film.fr.vtt`, `film.vtt` (language unknown) and `film.chapters.vtt`. */
export async function findSidecars(videoPath: string): Promise<Attempt<Sidecars>> {
  const folder = dirname(videoPath);
  const stem = basename(videoPath, extname(videoPath));
  const subtitles: PlannedSubtitle[] = [];
  const ignored: string[] = [];
  let chapters: CatalogVideo["chapters"] = [];
  for (const name of (await readdir(folder)).toSorted()) {
    const role = roleOf(name, stem);
    if (role === undefined) continue;
    const path = join(folder, name);
    if (role !== "" && role !== CHAPTERS && languageTag(role) === undefined) {
      ignored.push(path);
      continue;
    }
    const read = await readWebVtt(path);
    if (!read.ok) return read;
    if (role === CHAPTERS) {
      const marks = chaptersOf(path, read.value.cues);
      if (!marks.ok) return marks;
      chapters = marks.value;
    } else subtitles.push({ ...languageOf(role), bytes: read.value.bytes });
  }
  return ok({ subtitles, chapters, ignored });
}

// "" for film.vtt, "fr" for film.fr.vtt, `undefined` if the file is not a sidecar of this video.
function roleOf(name: string, stem: string): string | undefined {
  const lower = name.toLowerCase();
  if (!lower.endsWith(SUBTITLE_SUFFIX) || !name.startsWith(stem)) return undefined;
  const middle = name.slice(stem.length, -SUBTITLE_SUFFIX.length);
  if (middle === "") return "";
  return middle.startsWith(".") && !middle.slice(1).includes(".") ? middle.slice(1) : undefined;
}

async function readWebVtt(path: string): Promise<Result<{ bytes: Uint8Array; cues: readonly Cue[] }, Failure>> {
  if ((await stat(path)).size > MAX_SIDECAR_BYTES) {
    return fail("WEBVTT_INVALID", `${path} is larger than ${MAX_SIDECAR_BYTES / MIB} MiB: split it.`);
  }
  const bytes = await readFile(path);
  const cues = parseWebVtt(bytes);
  if (cues.ok) return ok({ bytes, cues: cues.value });
  const { line, reason } = cues.error;
  return err({ code: "WEBVTT_INVALID", message: `${path}, line ${line}: ${reason}. Correct it or move it away.` });
}

function chaptersOf(path: string, cues: readonly Cue[]): Attempt<CatalogVideo["chapters"]> {
  const chapters = cues
    .map(({ startSeconds, text }) => ({
      startSeconds,
      title: truncateLine(text.replaceAll(/\s+/g, " ").trim(), MAX_CATALOG_TEXT_CHARS),
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

function languageOf(role: string): { language: string; label: string } {
  const language = role === "" ? undefined : languageTag(role);
  const name = language && nameOfLanguage(language);
  if (language === undefined || name === undefined) return { language: "und", label: "Subtitles" };
  return { language, label: name.charAt(0).toLocaleUpperCase(language) + name.slice(1) };
}

/** The canonical BCP 47 tag of a known language; `film.forced.vtt` names none. */
function languageTag(text: string): string | undefined {
  try {
    const tag = Intl.getCanonicalLocales(text)[0];
    return tag !== undefined && nameOfLanguage(tag) !== undefined ? tag : undefined;
  } catch (error) {
    if (error instanceof RangeError) return undefined;
    throw error;
  }
}

// The name of each language in that language, as a viewer looks for it.
function nameOfLanguage(tag: string): string | undefined {
  return new Intl.DisplayNames([tag], { type: "language", fallback: "none" }).of(tag);
}
