import { readdir } from "node:fs/promises";
import { extname, join } from "node:path";
import { statOf } from "./source-file.ts";

/** What people call a film. Whether it is one, and plays, is found out later. */
const FILM_ENDINGS = new Set(
  ".mp4 .m4v .mov .webm .mkv .avi .mpg .mpeg .m2v .ts .mts .m2ts .wmv .asf .flv .3gp .vob .mxf .ogv .dv".split(" "),
);
const ORDER = new Intl.Collator("en", { numeric: true });

/** These files, and instead of a folder the films directly inside it, `2` before `10`. One without films stays. */
export async function filmsIn(paths: readonly string[]): Promise<string[]> {
  const films: string[] = [];
  for (const path of paths) {
    const status = await statOf(path);
    const inside = status?.isDirectory() ? await filmsOfFolder(path) : [];
    films.push(...(inside.length > 0 ? inside : [path]));
  }
  return films;
}

async function filmsOfFolder(folder: string): Promise<string[]> {
  const entries = await readdir(folder, { withFileTypes: true });
  return entries
    .filter((entry) => !entry.isDirectory() && !entry.name.startsWith("."))
    .map(({ name }) => name)
    .filter((name) => FILM_ENDINGS.has(extname(name).toLowerCase()))
    .toSorted((a, b) => ORDER.compare(a, b))
    .map((name) => join(folder, name));
}
