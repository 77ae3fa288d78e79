import type { Catalog } from "../../src-shared/vault/index.ts";

/** The same catalog without the sections that have no video. */
export function withoutEmptySections({ sections, videos }: Catalog): Catalog {
  const used = new Set(videos.map(({ section }) => section));
  const kept = sections.flatMap((_, place) => (used.has(place) ? [place] : []));
  const placeNow = new Map(kept.map((before, now) => [before, now]));
  return {
    sections: sections.filter((_, place) => used.has(place)),
    videos: videos.map((video) => {
      const { section, ...rest } = video;
      const place = section === undefined ? undefined : placeNow.get(section);
      return place === undefined ? rest : { ...rest, section: place };
    }),
  };
}
