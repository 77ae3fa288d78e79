import { readdir } from "node:fs/promises";
import { extname, join, parse } from "node:path";
import { truncateLine, unsafeCharacterIn } from "../../src-shared/encoding/line.ts";
import { MAX_SECTIONS } from "../../src-shared/limits.ts";
import { ok } from "../../src-shared/result.ts";
import type { Section } from "../../src-shared/vault/index.ts";
import { type Attempt, fail } from "../failure.ts";
import type { Course, CourseFilm } from "./course.ts";
import { MAX_TITLE_UNITS, titleFromStem } from "./probe.ts";
import { comparableName } from "./sidecar-name.ts";
import { statOf } from "./source-file.ts";

/** What people call a film. Whether it is one, and plays, is found out later. */
const FILM_ENDINGS = new Set(
  ".mp4 .m4v .mov .webm .mkv .avi .mpg .mpeg .m2v .ts .mts .m2ts .wmv .asf .flv .3gp .vob .mxf .ogv .dv".split(" "),
);
/** Folders that systems and storage devices make by themselves; some of them may not be read. */
const SYSTEM_FOLDERS = new Set([
  "lost+found",
  "system volume information",
  "$recycle.bin",
  "#recycle",
  "@eadir",
  "__macosx",
]);
const ORDER = new Intl.Collator("en", { numeric: true });
// Sixty lessons in folders of folders are deep enough; a tree that never ends is not a course.
const MAX_DEPTH = 16;

/**
 * These files, and instead of a folder the films inside it, `2` before `10`. Each folder in it that has films is a section.
 * A folder without films stays, to be refused by its name.
 */
export async function courseIn(paths: readonly string[]): Promise<Attempt<Course>> {
  const sections: Section[] = [];
  const films: CourseFilm[] = [];
  for (const path of paths) {
    const before = films.length;
    if ((await statOf(path))?.isDirectory()) {
      for (const { names, found } of await foldersWithFilms(path, [])) {
        const section = names.length === 0 ? undefined : sections.push({ title: sectionTitle(names) }) - 1;
        films.push(...found.map((film) => ({ ...film, section })));
      }
    }
    if (films.length === before) films.push({ path });
  }
  if (sections.length > MAX_SECTIONS) {
    const many = `There are films in ${sections.length} folders, and a stick has at most ${MAX_SECTIONS} sections`;
    return fail("VAULT_TOO_LARGE", `${many}: put the films of several folders into one.`);
  }
  for (const { title } of sections) {
    const unsafe = unsafeCharacterIn(title);
    if (unsafe === undefined) continue;
    return fail(
      "TITLE_INVALID",
      `The name of the folder "${title}" has ${unsafe}, a control character or direction mark.`,
    );
  }
  return ok({ sections, films });
}

/** What packing takes as the poster of a film: a picture of the same name beside it. */
const PICTURE_ENDINGS = new Set([".jpg", ".jpeg", ".png", ".webp"]);

type FolderOfFilms = { readonly names: readonly string[]; readonly found: readonly CourseFilm[] };

/** A folder's own films come before those of the folders inside it. Links to folders are not followed. */
async function foldersWithFilms(folder: string, names: readonly string[]): Promise<FolderOfFilms[]> {
  const entries = (await readdir(folder, { withFileTypes: true }))
    .filter(({ name }) => !name.startsWith(".") && !SYSTEM_FOLDERS.has(name.toLowerCase()))
    .toSorted((a, b) => ORDER.compare(a.name, b.name));
  const pictures = new Map(
    entries
      .filter((entry) => !entry.isDirectory() && PICTURE_ENDINGS.has(extname(entry.name).toLowerCase()))
      .map(({ name }) => [comparableName(parse(name).name), join(folder, name)]),
  );
  const found = entries
    .filter((entry) => !entry.isDirectory() && FILM_ENDINGS.has(extname(entry.name).toLowerCase()))
    .map(({ name }): CourseFilm => ({
      path: join(folder, name),
      poster: pictures.get(comparableName(parse(name).name)),
    }));
  const folders: FolderOfFilms[] = found.length > 0 ? [{ names, found }] : [];
  if (names.length >= MAX_DEPTH) return folders;
  for (const entry of entries) {
    if (entry.isDirectory())
      folders.push(...(await foldersWithFilms(join(folder, entry.name), [...names, entry.name])));
  }
  return folders;
}

/** `01_Basics/2 Knots` gives `01 Basics – 2 Knots`. */
function sectionTitle(names: readonly string[]): string {
  return truncateLine(names.map(titleFromStem).join(" – "), MAX_TITLE_UNITS);
}
