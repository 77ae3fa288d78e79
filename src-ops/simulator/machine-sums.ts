import {
  added,
  type ComputerDay,
  type ComputerDurations,
  type Counters,
  type DaySum,
  HOUR_MS,
  NO_COUNTS,
  plausiblePart,
  SLOT_MS,
} from "../gates/index.ts";
import type { UnixMs } from "../../src-shared/units.ts";

/** Counters that are added up in place. */
export type Sums = { -readonly [name in keyof Counters]: number };

export const nothing = (): Sums => ({ ...NO_COUNTS });

// Written without a loop for speed.
export function addTo(sum: Sums, more: Counters): void {
  sum.sessions += more.sessions;
  sum.operations += more.operations;
  sum.failed += more.failed;
  sum.attempts += more.attempts;
  sum.attemptsFailed += more.attemptsFailed;
  sum.starts += more.starts;
  sum.slowStarts += more.slowStarts;
  sum.verdicts += more.verdicts;
  sum.slowVerdicts += more.slowVerdicts;
  sum.uptimeMs += more.uptimeMs;
  sum.downMs += more.downMs;
  sum.crashes += more.crashes;
  sum.fatalCrashes += more.fatalCrashes;
  sum.signature += more.signature;
  sum.rollback += more.rollback;
  sum.faults += more.faults;
}

export type Durations = Map<number, number>;

/** What the memory store keeps of one computer and version: by the number of the slot, the hour or the day. */
export type Machine = {
  readonly name: string;
  readonly slots: Map<number, Sums>;
  lastSlot: number;
  readonly hours: Map<number, Sums>;
  /** `row`: what was read of it. */
  readonly days: Map<number, { readonly sum: DaySum; row?: ComputerDay }>;
  /** By day, then by the rank of measure and bucket; and of all days together. */
  readonly durations: Map<number, Durations>;
  readonly allDurations: Durations;
};

const VERDICTS_FROM = 1_000;
/** Orders starts before verdicts, and each by their buckets. */
export function rankOf({ measure, bucket }: Pick<ComputerDurations, "measure" | "bucket">): number {
  return measure === "start" ? bucket : VERDICTS_FROM + bucket;
}
export function durationOf(rank: number): Pick<ComputerDurations, "measure" | "bucket"> {
  return rank < VERDICTS_FROM
    ? { measure: "start", bucket: rank }
    : { measure: "verdict", bucket: rank - VERDICTS_FROM };
}

export const newMachine = (name: string): Machine => ({
  name,
  slots: new Map(),
  lastSlot: 0,
  hours: new Map(),
  days: new Map(),
  durations: new Map(),
  allDurations: new Map(),
});

/** What is plausible of the slots from `from` to before `to`; `undefined` if there is none. */
export function plausibleIn({ slots, lastSlot }: Machine, from: UnixMs, to: UnixMs): Counters | undefined {
  const last = Math.min(lastSlot, Math.ceil(to / SLOT_MS) - 1);
  let sum: Counters | undefined;
  let ofHour: Sums | undefined;
  for (let slot = Math.floor(from / SLOT_MS); slot <= last; slot++) {
    const counts = slots.get(slot);
    if (counts) addTo((ofHour ??= nothing()), counts);
    const isHourOver = slot === last || (slot + 1) % (HOUR_MS / SLOT_MS) === 0;
    if (ofHour && isHourOver) [sum, ofHour] = [added(sum ?? NO_COUNTS, plausiblePart(ofHour)), undefined];
  }
  return sum;
}

export function joined(a: DaySum | undefined, b: DaySum): DaySum {
  if (!a) return b;
  return {
    counts: added(a.counts, b.counts),
    surplus: a.surplus + b.surplus,
    memoryHighest: Math.max(a.memoryHighest, b.memoryHighest),
    features: new Set([...a.features, ...b.features]),
    firstAt: Math.min(a.firstAt, b.firstAt),
    lastAt: Math.max(a.lastAt, b.lastAt),
  };
}
