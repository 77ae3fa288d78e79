import { readdir } from "node:fs/promises";
import { dirname, join, resolve } from "node:path";
import { readSmallFile } from "../../src-shared/node/plain-files.ts";
import { ok, type Result } from "../../src-shared/result.ts";
import { type Bytes, MIB } from "../../src-shared/units.ts";
import { type Attempt, fail } from "../failure.ts";
import type { Course, CourseFilm } from "./course.ts";
import { type EditPlan, parseEditPlan, parsePackPlan, type PlannedFile } from "./plan-file.ts";
import type { SidecarFile } from "./sidecars.ts";
import { statOf } from "./source-file.ts";

const MAX_PLAN_BYTES: Bytes = 64 * MIB;
/** So many names are told of those that are missing. */
const MAX_NAMED = 5;

/** Reads the plan of films that are to be packed, and checks that they are there. */
export async function readPackPlan(path: string): Promise<Attempt<Course>> {
  const plan = await readPlan(path, parsePackPlan);
  if (!plan.ok) return plan;
  const folder = resolve(dirname(path), plan.value.folder);
  const listed = [
    ...plan.value.videos.map((film) => ({ film, section: undefined })),
    ...plan.value.sections.flatMap(({ videos }, section) => videos.map((film) => ({ film, section }))),
  ];
  const films: CourseFilm[] = [];
  const missing: string[] = [];
  for (const { film, section } of listed) {
    const found = await findInner(folder, film.file);
    if (found === undefined) missing.push(film.file);
    else films.push(await filmOf(folder, film, found, section));
  }
  if (missing.length > 0) {
    const cure = "correct `folder` or the names, or take them out of the plan";
    return fail(
      "PLAN_MISMATCH",
      `${path} names films that are not in ${folder}: ${someOf(missing)}. To go on, ${cure}.`,
    );
  }
  if (films.length === 0) return fail("PLAN_INVALID", `${path} has no films.`);
  const sections = plan.value.sections.map(({ title, description }) => sectionOf(title, description));
  return ok({ hidesTitles: plan.value.hidesTitles, sections, films });
}

/** Reads the plan of the videos of a stick. */
export async function readEditPlan(path: string): Promise<Attempt<EditPlan>> {
  return readPlan(path, parseEditPlan);
}

async function readPlan<T>(path: string, parse: (bytes: Uint8Array) => Result<T, string>): Promise<Attempt<T>> {
  const bytes = await readSmallFile(path, MAX_PLAN_BYTES);
  if (!bytes) return fail("PLAN_INVALID", `${path} cannot be read, or is larger than ${MAX_PLAN_BYTES / MIB} MiB.`);
  const plan = parse(bytes);
  return plan.ok ? plan : fail("PLAN_INVALID", `${path} is not such a plan: ${plan.error}. See docs/formats/plan.md.`);
}

async function filmOf(
  folder: string,
  { title, description, poster, subtitles, chapters }: PlannedFile,
  path: string,
  section: number | undefined,
): Promise<CourseFilm> {
  // One that is missing is refused later, by its name.
  const at = async (name: string) => (await findInner(folder, name)) ?? join(folder, name);
  const named = subtitles?.map(async ({ file, language, kind }): Promise<SidecarFile> => ({
    role: "subtitles",
    path: await at(file),
    language,
    kind: kind ?? "full",
  }));
  return {
    path,
    title,
    description,
    section,
    subtitles: named && (await Promise.all(named)),
    poster: poster === undefined ? undefined : await at(poster),
    chapters: chapters === undefined ? undefined : { role: "chapters", path: await at(chapters) },
  };
}

/**
 * A file of the plan's folder; `undefined` if it is not there. macOS writes accents into names in another way than other
 * systems and most editors: of a name that is not there, the one that people read the same is taken.
 */
async function findInner(folder: string, inner: string): Promise<string | undefined> {
  const exact = join(folder, inner);
  if (await statOf(exact)) return exact;
  let path = folder;
  for (const name of inner.split("/")) {
    const readAlike = (await namesIn(path)).find((one) => one.normalize("NFC") === name.normalize("NFC"));
    if (readAlike === undefined) return undefined;
    path = join(path, readAlike);
  }
  return path;
}

async function namesIn(folder: string): Promise<readonly string[]> {
  return (await statOf(folder))?.isDirectory() ? readdir(folder) : [];
}

/** Without an empty description. */
export function sectionOf(title: string, description: string | undefined) {
  return { title, ...(description ? { description } : {}) };
}

export function someOf(names: readonly string[]): string {
  const more = names.length - MAX_NAMED;
  return [...names.slice(0, MAX_NAMED), ...(more > 0 ? [`and ${more} more`] : [])].join(", ");
}
