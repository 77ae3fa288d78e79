import type { Step, Turn } from "../features/queue/index.ts";

/** This many videos begin by themselves before the app asks whether anybody is there. */
const MAX_UNATTENDED = 3;

/** What the player shows. */
export type Playing = {
  readonly turn: Turn;
  /** The playlist that is gone through; `null`: the catalog. */
  readonly listId: number | null;
  /** Of the mixed order. */
  readonly seed: number;
  /** Counts up: the same video may come twice in a row. */
  readonly number: number;
  readonly fromStart: boolean;
  /** The videos that have begun by themselves since the viewer touched anything. */
  readonly unattended: number;
};

type Beginning = { readonly fromStart?: boolean; readonly listId?: number | null; readonly seed: number };

export function begin(videoId: string, { fromStart = false, listId = null, seed }: Beginning): Playing {
  return { turn: { videoId, anchorId: videoId, startId: videoId }, listId, seed, number: 0, fromStart, unattended: 0 };
}

/** From here on in a new mixed order. */
export function mixed(playing: Playing, seed: number): Playing {
  return { ...playing, seed, turn: { ...playing.turn, startId: playing.turn.anchorId } };
}

export function goTo(playing: Playing, { item, from }: Pick<Step, "item" | "from">, byItself: boolean): Playing {
  const { turn, number, unattended } = playing;
  const anchorId = from === "list" ? item.id : turn.anchorId;
  return {
    ...playing,
    turn: { ...turn, videoId: item.id, anchorId },
    number: number + 1,
    fromStart: false,
    unattended: byItself ? unattended + 1 : 0,
  };
}

export function isUnattended({ unattended }: Playing): boolean {
  return unattended >= MAX_UNATTENDED;
}

/** The viewer is there. */
export function attended(playing: Playing): Playing {
  return playing.unattended === 0 ? playing : { ...playing, unattended: 0 };
}
