import { HOUR_MS, type RingPolicy, SLOT_MS } from "../gates/index.ts";
import type { Message } from "./messages.ts";
import { type Tick, TICKS_PER_HOUR } from "./ticks.ts";

/** Decides when to look at a fleet. */
export type Looks = {
  readonly note: (message: Message, now: Tick) => void;
  /** A computer was erased: its counts stay, without its name. */
  readonly noteErasure: (now: Tick) => void;
  readonly isDue: (now: Tick, hasPassed: boolean) => boolean;
};

/** Looks every five minutes, as the ring server does. */
export const EVERY_LOOK: Looks = { note: () => undefined, noteErasure: () => undefined, isDue: () => true };

const ONCE_A_DAY = 24 * TICKS_PER_HOUR;

/**
 * Looks only when the verdict can have changed:
 *
 * - for the worse, when the release has failed, or something arrives late; and, while so many operations failed in the last
 *   hours that the surge gate may halt, when anything arrives or leaves these hours;
 * - for the better, not before the policy's hours, when something arrives, or when a time that the policy names has passed
 *   since something happened.
 *
 * After it has passed, one look a day shows what else the gates find.
 */
export function fewLooks(policy: RingPolicy, ticks: number): Looks {
  const periods = periodsIn(policy);
  const { hours, rate, operations } = policy.errors.halt;
  const earliestPass = policy.hours * TICKS_PER_HOUR;
  const recent = ticksOf(hours);
  const size = ticks + Math.max(...periods) + 2;
  const passedTimes = new Uint8Array(size);
  const leavingTimes = new Uint8Array(size);
  const failures: { readonly at: Tick; readonly count: number }[] = [];
  let [lastBad, lastArrival, lastOfRelease] = [-Infinity, -Infinity, -Infinity];
  for (const period of periods) passedTimes[period] = 1;

  function isSurgePossible(now: Tick): boolean {
    while (failures.length > 0 && (failures[0] as { at: Tick }).at < now - recent - 1) failures.shift();
    return failures.reduce((sum, { count }) => sum + count, 0) > rate * operations;
  }

  return {
    note({ happened, isBad, failed, isOfRelease }, now) {
      lastArrival = now;
      for (const period of periods) if (happened + period >= 0) passedTimes[happened + period] = 1;
      // What is exactly so old still counts.
      if (happened + recent + 1 >= 0) leavingTimes[happened + recent + 1] = 1;
      if (!isOfRelease) return;
      lastOfRelease = now;
      if (isBad) lastBad = now;
      if (failed > 0) failures.push({ at: now, count: failed });
    },
    noteErasure(now) {
      lastBad = now;
    },
    isDue(now, hasPassed) {
      if (lastBad === now) return true;
      const hasLeft = leavingTimes[now] === 1;
      if ((lastOfRelease === now || hasLeft) && isSurgePossible(now)) return true;
      if (hasPassed) return now % ONCE_A_DAY === 0;
      return now >= earliestPass && (lastArrival === now || hasLeft || passedTimes[now] === 1);
    },
  };
}

const ticksOf = (hours: number) => Math.ceil((hours * HOUR_MS) / SLOT_MS);

/** Every time that the policy names, in ticks: after it, an event counts differently. */
function periodsIn(policy: RingPolicy): readonly number[] {
  const found = new Set<number>();
  const collect = (of: object): void => {
    for (const [name, value] of Object.entries(of)) {
      if (typeof value === "object" && value !== null) collect(value as object);
      else if (typeof value === "number" && /hours$/i.test(name)) found.add(ticksOf(value));
    }
  };
  collect(policy);
  return [...found];
}
