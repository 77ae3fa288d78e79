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
 *   hours that the surge gate may halt, when anything arrives;
 * - for the better, not before the policy's hours, when something arrives;
 * - when an operation leaves the last hours, of which another failed;
 * - when a time that the policy names has passed since the release began, or since something that happens once on a computer,
 *   such as its first report; and when a computer was silent for too long.
 *
 * After it has passed, one look a day shows what else the gates find.
 */
export function fewLooks(policy: RingPolicy, ticks: number): Looks {
  const periods = periodsIn(policy);
  const { hours, rate, operations } = policy.errors.halt;
  const earliestPass = policy.hours * TICKS_PER_HOUR;
  const recent = ticksOf(hours);
  const silence = ticksOf(policy.machines.reportedWithinHours) + 1;
  const size = ticks + Math.max(...periods) + 2;
  const passedTimes = new Uint8Array(size);
  const leavingTimes = new Uint8Array(size);
  const lastReports = new Map<string, Tick>();
  const failures: { readonly at: Tick; readonly count: number }[] = [];
  let [lastBad, lastArrival, lastOfRelease] = [-Infinity, -Infinity, -Infinity];
  notePassing(0);

  function notePassing(happened: Tick): void {
    for (const period of periods) if (happened + period >= 0) passedTimes[happened + period] = 1;
  }

  function recentFailures(now: Tick): number {
    while (failures.length > 0 && (failures[0] as { at: Tick }).at < now - recent - 1) failures.shift();
    return failures.reduce((sum, { count }) => sum + count, 0);
  }

  function isSilent(now: Tick): boolean {
    for (const happened of lastReports.values()) if (happened + silence === now) return true;
    return false;
  }

  return {
    note({ sender, events, happened, isBad, failed, isOfRelease }, now) {
      lastArrival = now;
      const isReport = events.some(({ kind }) => kind === "session");
      if (!isReport || isBad) notePassing(happened);
      if (!isOfRelease) return;
      if (isReport) {
        const computer = sender["service.instance.id"];
        const last = lastReports.get(computer);
        if (last === undefined) notePassing(happened);
        lastReports.set(computer, Math.max(happened, last ?? happened));
      }
      // What is exactly so old still counts.
      if (happened + recent + 1 >= 0) leavingTimes[happened + recent + 1] = 1;
      lastOfRelease = now;
      if (isBad) lastBad = now;
      if (failed > 0) failures.push({ at: now, count: failed });
    },
    noteErasure(now) {
      lastBad = now;
    },
    isDue(now, hasPassed) {
      if (lastBad === now) return true;
      const failed = recentFailures(now);
      const hasLeft = failed > 0 && leavingTimes[now] === 1;
      if ((lastOfRelease === now || hasLeft) && failed > rate * operations) return true;
      if (hasPassed) return now % ONCE_A_DAY === 0;
      return now >= earliestPass && (lastArrival === now || hasLeft || passedTimes[now] === 1 || isSilent(now));
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
