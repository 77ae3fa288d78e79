import { relative, resolve, sep } from "node:path";
import { safeLine } from "../../src-shared/encoding/line.ts";
import { ok } from "../../src-shared/result.ts";
import type { Catalog, CatalogVideo } from "../../src-shared/vault/index.ts";
import { type Attempt, fail } from "../failure.ts";
import { loadPublisher, publicKeysOf } from "../keys/index.ts";
import { isFolder } from "../paths.ts";
import { courseIn } from "./course-in.ts";
import type { CourseFilm } from "./course.ts";
import { EDIT_PLAN_FORMAT, type EditPlan, PACK_PLAN_FORMAT, type PackPlan, type PlannedFile } from "./plan-file.ts";
import { readTitle } from "./read-title.ts";
import { listSidecars } from "./sidecars.ts";
import { openCatalog, openTrusted } from "./vaults/index.ts";

/** The plan of the films in a folder: what packing this folder would do, for a person to change. */
export async function planOfFolder(given: string): Promise<Attempt<PackPlan>> {
  const folder = resolve(given);
  if (!(await isFolder(folder))) return fail("USAGE", `${given} is no folder: name the one in which the films are.`);
  const course = await courseIn([folder]);
  if (!course.ok) return course;
  const { sections, films } = course.value;
  if (films.some(({ path }) => path === folder)) return fail("NOTHING_FOUND", `There are no films in ${given}.`);
  const inner = (path: string) => relative(folder, path).split(sep).join("/");
  const planned: { readonly film: PlannedFile; readonly section: number | undefined }[] = [];
  for (const film of films) planned.push({ film: await plannedFile(film, inner), section: film.section });
  const videosOf = (place: number | undefined) =>
    planned.flatMap(({ film, section }) => (section === place ? [film] : []));
  return ok({
    format: PACK_PLAN_FORMAT,
    folder,
    hidesTitles: false,
    videos: videosOf(undefined),
    sections: sections.map(({ title }, place) => ({ title, description: "", videos: videosOf(place) })),
  });
}

async function plannedFile({ path, poster }: CourseFilm, inner: (path: string) => string): Promise<PlannedFile> {
  const { files } = await listSidecars(path);
  const subtitles = files.flatMap((file) => {
    if (file.role !== "subtitles") return [];
    const { language, kind } = file;
    return [{ file: inner(file.path), language, ...(kind === "full" ? {} : { kind }) }];
  });
  const chapters = files.find(({ role }) => role === "chapters");
  return {
    file: inner(path),
    title: safeLine(await readTitle(path)),
    description: "",
    ...(poster === undefined ? {} : { poster: inner(poster) }),
    ...(subtitles.length === 0 ? {} : { subtitles }),
    ...(chapters ? { chapters: inner(chapters.path) } : {}),
  };
}

/** The plan of the videos on a stick, for `edit`. */
export async function planOfStick(root: string, keys: string): Promise<Attempt<EditPlan>> {
  const publisher = await loadPublisher(keys);
  if (!publisher.ok) return publisher;
  const opened = await openTrusted(root, publicKeysOf(publisher.value));
  if (!opened.ok) return opened;
  const catalog = await openCatalog(publisher.value, opened.value.vault);
  return catalog.ok ? ok(planOfCatalog(catalog.value.catalog)) : catalog;
}

const listed = ({ id, title, description = "" }: CatalogVideo) => ({ id, title, description });

function planOfCatalog({ hidesTitles, sections, videos }: Catalog): EditPlan {
  const videosOf = (place: number | undefined) => videos.filter(({ section }) => section === place).map(listed);
  return {
    format: EDIT_PLAN_FORMAT,
    hidesTitles,
    videos: videosOf(undefined),
    sections: sections.map(({ title, description = "" }, place) => ({ title, description, videos: videosOf(place) })),
  };
}
