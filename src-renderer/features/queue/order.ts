import type { CatalogItem } from "../../../src-shared/ipc/index.ts";
import type { Repeat } from "../../../src-shared/viewing.ts";
import { shuffled } from "./shuffle.ts";

/** What is being played, and where in its list it goes on when the queue is empty. */
export type Turn = {
  readonly videoId: string;
  /** The title that was played last from the list itself; what comes from the queue does not move it. */
  readonly anchorId: string;
  /** The title that the viewer began with: in a mixed order, all others come after it. */
  readonly startId: string;
};

export type Order = {
  /** All titles, in the order in which they are watched. */
  readonly titles: readonly CatalogItem[];
  /** The titles of the playlist that is being played; `null`: it is played from the catalog. */
  readonly playlist: readonly string[] | null;
  /** What the viewer wants to see before the list goes on. */
  readonly queue: readonly string[];
  readonly repeat: Repeat;
  /** `null`: in the order of the list. */
  readonly shuffleSeed: number | null;
  /** Whether the next lesson of a section begins by itself. */
  readonly autoplay: boolean;
};

export type Step = {
  readonly item: CatalogItem;
  readonly from: "queue" | "list";
  /** It begins by itself. The viewer has asked for that, or it is the next lesson of the same section. */
  readonly isAutomatic: boolean;
};

/** What comes after this turn; `null`: nothing. Titles that are gone or not included are passed over. */
export function nextStep(turn: Turn, order: Order): Step | null {
  const queued = queuedTitles(order).find(({ id }) => id !== turn.videoId);
  if (queued) return { item: queued, from: "queue", isAutomatic: true };
  const list = listOf(turn, order);
  const item = neighbour(list, turn, order.repeat === "all", 1);
  return item ? { item, from: "list", isAutomatic: isAutomatic(turn, item, order) } : null;
}

/** The title before this turn in its list. */
export function previousItem(turn: Turn, order: Order): CatalogItem | null {
  if (turn.videoId !== turn.anchorId) return listOf(turn, order).find(({ id }) => id === turn.anchorId) ?? null;
  return neighbour(listOf(turn, order), turn, order.repeat === "all", -1) ?? null;
}

/** The titles of the queue that can be played. */
export function queuedTitles({ titles, queue }: Pick<Order, "titles" | "queue">): readonly CatalogItem[] {
  return playable(queue, titles);
}

/** What follows after the queue, at most so many. */
export function titlesAfter(turn: Turn, order: Order, count: number): readonly CatalogItem[] {
  const list = listOf(turn, order);
  const place = list.findIndex(({ id }) => id === turn.anchorId);
  return place === -1 ? [] : list.slice(place + 1, place + 1 + count);
}

/** The list that is gone through: the playlist, else the catalog; the titles of one section where these are mixed or repeated. */
function listOf({ anchorId, startId }: Turn, { titles, playlist, repeat, shuffleSeed }: Order): readonly CatalogItem[] {
  const anchor = titles.find(({ id }) => id === anchorId);
  const isInPlaylist = playlist !== null && anchor !== undefined;
  const all = isInPlaylist
    ? playable(playlist, titles)
    : titles.filter(({ id, included }) => included || id === anchorId);
  const isOfOneSection = !isInPlaylist && (repeat === "all" || shuffleSeed !== null);
  const list = isOfOneSection ? all.filter(({ section }) => section === anchor?.section) : all;
  if (shuffleSeed === null) return list;
  const mixed = shuffled(list, shuffleSeed);
  const first = Math.max(
    0,
    mixed.findIndex(({ id }) => id === startId),
  );
  return [...mixed.slice(first), ...mixed.slice(0, first)];
}

function neighbour(
  list: readonly CatalogItem[],
  { anchorId }: Turn,
  isRound: boolean,
  step: 1 | -1,
): CatalogItem | undefined {
  const place = list.findIndex(({ id }) => id === anchorId);
  if (place === -1) return undefined;
  const target = isRound ? (place + step + list.length) % list.length : place + step;
  const item = list[target];
  return item?.included === true ? item : undefined;
}

function isAutomatic({ anchorId }: Turn, next: CatalogItem, order: Order): boolean {
  if (order.playlist !== null || order.shuffleSeed !== null || order.repeat === "all") return true;
  const section = order.titles.find(({ id }) => id === anchorId)?.section ?? null;
  return order.autoplay && section !== null && next.section === section;
}

function playable(ids: readonly string[], titles: readonly CatalogItem[]): readonly CatalogItem[] {
  const known = new Map(titles.map((item) => [item.id, item]));
  return ids.flatMap((id) => {
    const item = known.get(id);
    return item?.included === true ? [item] : [];
  });
}
