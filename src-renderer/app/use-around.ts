import { useMemo } from "react";
import type { Settings, Snapshot } from "../../src-shared/ipc/index.ts";
import { useViewing } from "../bridge/index.tsx";
import { type CatalogItems, type CatalogMemory, titlesInOrder } from "../features/catalog/index.ts";
import type { Around } from "../features/player/index.ts";
import { nextStep, type Order, previousItem, type Step, titlesAfter, without } from "../features/queue/index.ts";
import { useI18n } from "../i18n/index.ts";
import { attended, goTo, isUnattended, mixed, type Playing } from "./playing.ts";
import { randomSeed } from "./random-seed.ts";
import { useAttention } from "./use-attention.ts";

/** So many titles are shown that follow the queue. */
const SHOWN_AFTER = 20;

type AroundOptions = {
  playing: Playing | null;
  catalog: CatalogItems;
  sort: CatalogMemory["sort"];
  language: Snapshot["language"];
  settings: Settings;
  onGo: (playing: Playing) => void;
};

/** What comes before and after the video that is being played, and the ways there; `null`: none is played. */
export function useAround({ playing, catalog, sort, language, settings, onGo }: AroundOptions): Around | null {
  const { messages } = useI18n();
  const { viewing, change } = useViewing();
  useAttention(playing !== null, () => {
    if (playing !== null && playing.unattended > 0) onGo(attended(playing));
  });
  const anchorId = playing?.turn.anchorId ?? null;
  // Thousands of titles are put in order only when another one is played.
  const titles = useMemo(
    () => (anchorId === null ? [] : titlesInOrder(catalog, anchorId, sort, language)),
    [anchorId, catalog, sort, language],
  );
  const items = useMemo(() => titles.map(({ item }) => item), [titles]);
  const known = useMemo(() => new Map(items.map((item) => [item.id, item])), [items]);
  const { turn, listId = null, seed = 0 } = playing ?? {};
  const { autoplay } = settings;
  const { queue, repeat, shuffle, playlists } = viewing;
  const found = useMemo(() => {
    if (turn === undefined) return null;
    const playlist = playlists.find(({ id }) => id === listId)?.videoIds ?? null;
    const order: Order = { titles: items, playlist, queue, repeat, shuffleSeed: shuffle ? seed : null, autoplay };
    return {
      step: nextStep(turn, order),
      previous: previousItem(turn, order),
      after: titlesAfter(turn, order, SHOWN_AFTER),
      lesson: titles.find(({ item }) => item.id === turn.videoId)?.lesson ?? null,
    };
  }, [turn, listId, seed, titles, items, queue, repeat, shuffle, playlists, autoplay]);
  if (playing === null || found === null) return null;
  const { step, previous, after, lesson } = found;

  function go(to: Pick<Step, "item" | "from"> | null | undefined, byItself = false): void {
    if (playing === null || to === null || to === undefined) return;
    if (to.from === "queue") change((now) => ({ queue: without(now.queue, to.item.id) }));
    onGo(goTo(playing, to, byItself));
  }

  function pick(videoId: string, from: Step["from"]): void {
    const item = known.get(videoId);
    if (item?.included === true) go({ item, from });
  }

  return {
    next: step && { ...step.item, isAutomatic: step.isAutomatic },
    hasPrevious: previous !== null,
    place: lesson === null ? "" : `${lesson.section} · ${messages.catalog.lesson(lesson.number, lesson.of)}`,
    asks: isUnattended(playing),
    upcoming: {
      now: known.get(playing.turn.videoId) ?? null,
      queue: queue.map((id) => ({ id, item: known.get(id) ?? null })),
      after,
    },
    onNext: (byItself) => go(step, byItself),
    onPrevious: () => go(previous && { item: previous, from: "list" }),
    onPlayQueued: (videoId) => pick(videoId, "queue"),
    onPlayAfter: (videoId) => pick(videoId, "list"),
    onShuffle: (on) => {
      change({ shuffle: on });
      if (on) onGo(mixed(playing, randomSeed()));
    },
  };
}
