import { safeLine } from "../../src-shared/encoding/line.ts";
import type { Catalog, CatalogVideo, Section } from "../../src-shared/vault/index.ts";
import type { SidecarFile } from "./sidecars.ts";

/** A film that is to be packed, with what its publisher says about it. */
export type CourseFilm = {
  readonly path: string;
  /** Otherwise the film's title tag or its name gives it. */
  readonly title?: string | undefined;
  readonly description?: string | undefined;
  /** A picture; otherwise a frame of the film. */
  readonly poster?: string | undefined;
  /** Its subtitles, otherwise those beside it and inside it. */
  readonly subtitles?: readonly SidecarFile[] | undefined;
  /** Its chapters, otherwise those beside it or inside it. */
  readonly chapters?: SidecarFile | undefined;
  /** The place of its section in the course; absent: it belongs to none. */
  readonly section?: number | undefined;
};

/** Films in the order of their publisher, and the sections that they belong to. */
export type Course = {
  readonly sections: readonly Section[];
  readonly films: readonly CourseFilm[];
  /** Absent: as the vault has it. */
  readonly hidesTitles?: boolean | undefined;
};

/** Films that belong to no section. */
export function courseOf(paths: readonly string[]): Course {
  return { sections: [], films: paths.map((path) => ({ path })) };
}

/** What a publisher says about a video that is on the stick. */
export type Placed = {
  readonly video: CatalogVideo;
  readonly description: string | undefined;
  readonly section: number | undefined;
};

/**
 * Adds videos to a catalog. A section of the course continues the one of the same title, if the catalog has it; the others
 * follow after those of the catalog.
 */
export function withCourse(catalog: Catalog, sections: readonly Section[], added: readonly Placed[]): Catalog {
  const all = [...catalog.sections];
  const free = new Set(all.keys());
  const placeOf = sections.map((section) => {
    const known = [...free].find((place) => all[place]?.title === safeLine(section.title));
    if (known === undefined) return all.push(section) - 1;
    free.delete(known);
    return known;
  });
  const placed = added.map(({ video, description, section }) => {
    const place = section === undefined ? undefined : placeOf[section];
    return { ...video, ...(description ? { description } : {}), ...(place === undefined ? {} : { section: place }) };
  });
  return withoutEmptySections({ ...catalog, sections: all, videos: [...catalog.videos, ...placed] });
}

/** The same catalog without the sections that have no video. */
export function withoutEmptySections({ protection, hidesTitles, sections, videos }: Catalog): Catalog {
  const used = new Set(videos.map(({ section }) => section));
  const kept = sections.flatMap((_, place) => (used.has(place) ? [place] : []));
  const placeNow = new Map(kept.map((before, now) => [before, now]));
  return {
    protection,
    hidesTitles,
    sections: sections.filter((_, place) => used.has(place)),
    videos: videos.map((video) => {
      const { section, ...rest } = video;
      const place = section === undefined ? undefined : placeNow.get(section);
      return place === undefined ? rest : { ...rest, section: place };
    }),
  };
}
