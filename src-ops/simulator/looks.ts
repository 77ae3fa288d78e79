import { HOUR_MS, type RingPolicy, SLOT_MS } from "../gates/index.ts";
import type { Message } from "./messages.ts";
import { type Tick, TICKS_PER_HOUR } from "./ticks.ts";

/** Decides when to look at a fleet. */
export type Looks = {
  readonly note: (message: Message, now: Tick) => void;
  /** A computer was erased: its counts stay without its name. */
  readonly noteErasure: (now: Tick) => void;
  readonly isDue: (now: Tick, hasPassed: boolean) => boolean;
};

/** Looks every five minutes, as the ring server does. */
export const EVERY_LOOK: Looks = { note: () => undefined, noteErasure: () => undefined, isDue: () => true };

/**
 * Looks only when the verdict can have changed. It becomes worse only when something bad arrives, or late, or while
 * something bad is among the last hours; it becomes better only when something arrives, or when a time that the policy
 * names has passed since something happened; and it cannot pass before the policy's hours.
 */
export function fewLooks(policy: RingPolicy, ticks: number): Looks {
  const periods = periodsIn(policy);
  const earliestPass = policy.hours * TICKS_PER_HOUR;
  const recent = policy.errors.halt.hours * TICKS_PER_HOUR + 1;
  const longest = Math.max(...periods);
  const afterBad = new Uint8Array(ticks + longest + 2);
  const afterAny = new Uint8Array(ticks + longest + 2);
  let [lastBad, lastArrival] = [-Infinity, -Infinity];
  for (const period of periods) afterAny[period] = 1;

  function mark(marks: Uint8Array, happened: Tick): void {
    for (const period of periods) {
      const at = happened + period;
      if (at < 0) continue;
      marks[at] = 1;
      // What is exactly so old still counts.
      marks[at + 1] = 1;
    }
  }

  return {
    note({ happened, isBad }, now) {
      lastArrival = now;
      mark(afterAny, happened);
      if (!isBad) return;
      lastBad = now;
      mark(afterBad, happened);
      mark(afterBad, now);
    },
    noteErasure(now) {
      lastBad = now;
      mark(afterBad, now);
    },
    isDue(now, hasPassed) {
      if (lastBad === now || afterBad[now] === 1) return true;
      if (now - lastBad <= recent && (lastArrival === now || afterAny[now] === 1)) return true;
      if (hasPassed) return now % (24 * TICKS_PER_HOUR) === 0;
      return now >= earliestPass && (lastArrival === now || afterAny[now] === 1);
    },
  };
}

/** Every time that the policy names, in ticks: after it, an event counts differently. */
function periodsIn(policy: RingPolicy): readonly number[] {
  const found = new Set<number>();
  const collect = (of: object): void => {
    for (const [name, value] of Object.entries(of)) {
      if (typeof value === "object" && value !== null) collect(value as object);
      else if (typeof value === "number" && /hours$/i.test(name)) found.add(Math.ceil((value * HOUR_MS) / SLOT_MS));
    }
  };
  collect(policy);
  return [...found];
}
