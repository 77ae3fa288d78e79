import { stageOf } from "./filter.ts";
import type { IndexedTitle } from "./search.ts";

const MAX_CONTINUE = 12;

type Offered = { readonly title: IndexedTitle; readonly watched: number };

/**
 * What a viewer goes on with, the last watched first: the titles that were begun, and of each section one lesson. That is
 * the one that was watched last, or, if it is finished, the next that is not.
 *
 * @param titles in the order of their publisher
 */
export function continueWatching(titles: readonly IndexedTitle[]): readonly IndexedTitle[] {
  const sections = Map.groupBy(titles, ({ item }) => item.section);
  const offered: Offered[] = [];
  for (const [section, lessons] of sections) {
    if (section !== null) offered.push(...lessonOf(lessons));
    else offered.push(...lessons.filter(isBegun).map((title) => ({ title, watched: title.item.watched })));
  }
  return offered
    .toSorted((a, b) => b.watched - a.watched)
    .slice(0, MAX_CONTINUE)
    .map(({ title }) => title);
}

function isBegun({ item }: IndexedTitle): boolean {
  return item.included && item.watched > 0 && stageOf(item) === "begun";
}

function lessonOf(lessons: readonly IndexedTitle[]): readonly Offered[] {
  let last = -1;
  for (const [place, { item }] of lessons.entries()) {
    if (item.watched > (lessons[last]?.item.watched ?? 0)) last = place;
  }
  const newest = lessons[last];
  if (!newest) return [];
  const title = isBegun(newest) ? newest : lessons.slice(last + (newest.item.finished ? 1 : 0)).find(isOpen);
  return title ? [{ title, watched: newest.item.watched }] : [];
}

function isOpen({ item }: IndexedTitle): boolean {
  return item.included && !item.finished;
}
