import type { Section } from "../../src-shared/vault/index.ts";

/** A line for each video, under the title of its section. Videos of no section come first. */
export function linesBySection<Video extends { readonly section?: number }>(
  sections: readonly Section[],
  videos: readonly Video[],
  lineOf: (video: Video) => string,
): string[] {
  const linesOf = (place: number | undefined) => videos.filter(({ section }) => section === place).map(lineOf);
  return [...linesOf(undefined), ...sections.flatMap(({ title }, place) => [title, ...linesOf(place)])];
}
