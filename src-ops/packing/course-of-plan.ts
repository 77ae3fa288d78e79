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
    if (!(await statOf(join(folder, film.file)))) missing.push(film.file);
    films.push(filmOf(folder, film, section));
  }
  if (missing.length > 0) {
    const cure = "correct `folder` or the names, or take them out of the plan";
    return fail(
      "PLAN_MISMATCH",
      `${path} names films that are not in ${folder}: ${someOf(missing)}. To go on, ${cure}.`,
    );
  }
  if (films.length === 0) return fail("PLAN_INVALID", `${path} has no films.`);
  return ok({ sections: plan.value.sections.map(({ title, description }) => sectionOf(title, description)), films });
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

function filmOf(folder: string, planned: PlannedFile, section: number | undefined): CourseFilm {
  const { file, title, description, poster, subtitles, chapters } = planned;
  const at = (name: string) => join(folder, name);
  return {
    path: at(file),
    title,
    description,
    section,
    subtitles: subtitles?.map(({ file: name, language, kind }): SidecarFile => ({
      role: "subtitles",
      path: at(name),
      language,
      kind: kind ?? "full",
    })),
    poster: poster === undefined ? undefined : at(poster),
    chapters: chapters === undefined ? undefined : { role: "chapters", path: at(chapters) },
  };
}

/** Without an empty description. */
export function sectionOf(title: string, description: string | undefined) {
  return { title, ...(description ? { description } : {}) };
}

export function someOf(names: readonly string[]): string {
  const more = names.length - MAX_NAMED;
  return [...names.slice(0, MAX_NAMED), ...(more > 0 ? [`and ${more} more`] : [])].join(", ");
}
