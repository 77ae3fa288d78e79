import type { Seconds } from "../../../src-shared/units.ts";

/** How long the next video is announced before it begins. */
export const COUNTDOWN_SECONDS: Seconds = 10;
/** In a film that is shorter, it is announced after its end. */
const SHORT_FILM_SECONDS: Seconds = 120;
/** A longer pause between two moments is no watching: the computer was asleep. */
const LONGEST_STEP: Seconds = 1;

/** How long the next video has been announced; `stopped`: the viewer does not want it. */
export type Countdown =
  | { readonly stage: "hidden" }
  | { readonly stage: "running"; readonly shownSeconds: Seconds }
  | { readonly stage: "stopped" };

export type Moment = {
  readonly positionSeconds: Seconds;
  readonly durationSeconds: Seconds;
  readonly rate: number;
  readonly ended: boolean;
  /** The film is neither paused, nor does it wait for the stick or for a jump; true after its end, too. */
  readonly isMoving: boolean;
  /** Since the moment before. */
  readonly elapsedSeconds: Seconds;
};

/**
 * The countdown at the next moment. It is announced for ten seconds in every case, and a film is never cut: who jumps to
 * the last second has the rest of the time after the end.
 *
 *   hidden --ten seconds before the end, or the end--> running --stop--> stopped
 *     ^-------------------- a jump back ------------------'
 */
export function countOn(countdown: Countdown, moment: Moment): Countdown {
  if (countdown.stage === "stopped") return countdown;
  if (!isNearEnd(moment)) return { stage: "hidden" };
  if (countdown.stage === "hidden") return { stage: "running", shownSeconds: 0 };
  const step = moment.isMoving ? Math.min(LONGEST_STEP, moment.elapsedSeconds) : 0;
  return { stage: "running", shownSeconds: countdown.shownSeconds + step };
}

/** The whole seconds until the next video begins; `null`: it is not announced. */
export function secondsLeft(countdown: Countdown, moment: Moment): Seconds | null {
  if (countdown.stage !== "running") return null;
  const announced = COUNTDOWN_SECONDS - countdown.shownSeconds;
  return Math.max(0, Math.ceil(moment.ended ? announced : Math.max(announced, untilEnd(moment))));
}

/** Whether the next video begins now. */
export function isOver(countdown: Countdown, moment: Moment): boolean {
  return moment.ended && countdown.stage === "running" && countdown.shownSeconds >= COUNTDOWN_SECONDS;
}

function isNearEnd(moment: Moment): boolean {
  if (moment.ended) return true;
  return moment.durationSeconds >= SHORT_FILM_SECONDS && untilEnd(moment) <= COUNTDOWN_SECONDS;
}

/** In seconds of the viewer: at double speed a film ends in half the time. */
function untilEnd({ positionSeconds, durationSeconds, rate }: Moment): Seconds {
  return Math.max(0, durationSeconds - positionSeconds) / Math.max(0.1, rate);
}
