import { readdir, readFile, stat } from "node:fs/promises";
import { basename, dirname, extname, join } from "node:path";
import { err, ok, type Result } from "../../src-shared/result.ts";
import { MIB } from "../../src-shared/units.ts";
import type { CatalogVideo } from "../../src-shared/vault/index.ts";
import { type Attempt, fail, type Failure } from "../failure.ts";
import { type Cue, parseWebVtt } from "./webvtt.ts";

export type PlannedSubtitle = { readonly language: string; readonly label: string; readonly bytes: Uint8Array };

export type Sidecars = {
  readonly subtitles: readonly PlannedSubtitle[];
  readonly chapters: CatalogVideo["chapters"];
  /** Files that look like sidecars but name no language. */
  readonly ignored: readonly string[];
};

const SUFFIX = ".vtt";
const CHAPTERS = "chapters";
const MAX_BYTES = 16 * MIB;
const MAX_CHAPTERS = 1000;

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
    if (role === CHAPTERS) chapters = chaptersOf(read.value.cues);
    else subtitles.push({ ...languageOf(role), bytes: read.value.bytes });
  }
  return ok({ subtitles, chapters, ignored });
}

// "" for film.vtt, "fr" for film.fr.vtt, `undefined` if the file is not a sidecar of this video.
function roleOf(name: string, stem: string): string | undefined {
  const lower = name.toLowerCase();
  if (!lower.endsWith(SUFFIX) || !name.startsWith(stem)) return undefined;
  const middle = name.slice(stem.length, -SUFFIX.length);
  if (middle === "") return "";
  return middle.startsWith(".") && !middle.slice(1).includes(".") ? middle.slice(1) : undefined;
}

async function readWebVtt(path: string): Promise<Result<{ bytes: Uint8Array; cues: readonly Cue[] }, Failure>> {
  if ((await stat(path)).size > MAX_BYTES) return fail("WEBVTT_INVALID", `${path} is larger than 16 MiB: split it.`);
  const bytes = await readFile(path);
  const cues = parseWebVtt(bytes);
  if (cues.ok) return ok({ bytes, cues: cues.value });
  const { line, reason } = cues.error;
  return err({ code: "WEBVTT_INVALID", message: `${path}, line ${line}: ${reason}. Correct it or move it away.` });
}

function chaptersOf(cues: readonly Cue[]): CatalogVideo["chapters"] {
  return cues
    .map(({ startSeconds, text }) => ({
      startSeconds,
      title: text.replaceAll(/\s+/g, " ").trim().slice(0, 500).toWellFormed(),
    }))
    .toSorted((a, b) => a.startSeconds - b.startSeconds)
    .slice(0, MAX_CHAPTERS);
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
