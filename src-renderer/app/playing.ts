import type { Step, Turn } from "../features/queue/index.ts";

/** This many videos begin by themselves before the app asks whether anybody is there. */
const MAX_UNATTENDED = 3;

/** What the player shows. */
export type Playing = {
  readonly turn: Turn;
  /** Counts up: the same video may come twice in a row. */
  readonly number: number;
  readonly fromStart: boolean;
  /** The videos that have begun by themselves since the viewer touched anything. */
  readonly unattended: number;
};

export function begin(videoId: string, fromStart: boolean): Playing {
  return { turn: { videoId, anchorId: videoId, startId: videoId }, number: 0, fromStart, unattended: 0 };
}

export function goTo({ turn, number, unattended }: Playing, { item, from }: Step, byItself: boolean): Playing {
  const anchorId = from === "list" ? item.id : turn.anchorId;
  return {
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
