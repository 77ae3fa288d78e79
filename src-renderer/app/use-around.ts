import { useMemo } from "react";
import type { Settings, Snapshot } from "../../src-shared/ipc/index.ts";
import { type CatalogItems, type CatalogMemory, titlesInOrder } from "../features/catalog/index.ts";
import type { Around } from "../features/player/index.ts";
import { nextStep, type Order, previousItem } from "../features/queue/index.ts";
import { useI18n } from "../i18n/index.ts";
import { attended, goTo, isUnattended, type Playing } from "./playing.ts";
import { useAttention } from "./use-attention.ts";

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
  useAttention(playing !== null, () => {
    if (playing !== null && playing.unattended > 0) onGo(attended(playing));
  });
  const anchorId = playing?.turn.anchorId ?? null;
  // Thousands of titles are put in order only when another one is played.
  const titles = useMemo(
    () => (anchorId === null ? [] : titlesInOrder(catalog, anchorId, sort, language)),
    [anchorId, catalog, sort, language],
  );
  if (playing === null) return null;

  const order: Order = {
    titles: titles.map(({ item }) => item),
    playlist: null,
    queue: [],
    repeat: "off",
    shuffleSeed: null,
    autoplay: settings.autoplay,
  };
  const step = nextStep(playing.turn, order);
  const previous = previousItem(playing.turn, order);
  const lesson = titles.find(({ item }) => item.id === playing.turn.videoId)?.lesson ?? null;
  return {
    next: step && { ...step.item, isAutomatic: step.isAutomatic },
    hasPrevious: previous !== null,
    place: lesson === null ? "" : `${lesson.section} · ${messages.catalog.lesson(lesson.number, lesson.of)}`,
    asks: isUnattended(playing),
    onNext: (byItself) => {
      if (step !== null) onGo(goTo(playing, step, byItself));
    },
    onPrevious: () => {
      if (previous !== null) onGo(goTo(playing, { item: previous, from: "list", isAutomatic: false }, false));
    },
  };
}
