import {
  added,
  type ComputerDurations,
  type Counters,
  type DaySum,
  HOUR_MS,
  NO_COUNTS,
  plausiblePart,
  SLOT_MS,
} from "../gates/index.ts";
import type { UnixMs } from "../../src-shared/units.ts";

/** What the memory store keeps of one computer and version. */
export type Machine = {
  readonly slots: Map<UnixMs, Counters>;
  readonly hours: Map<UnixMs, Counters>;
  readonly days: Map<UnixMs, DaySum>;
  /** By day, then by measure and bucket. */
  readonly durations: Map<UnixMs, Map<string, number>>;
};
export const byName = (a: { readonly machine: string }, b: { readonly machine: string }) =>
  a.machine < b.machine ? -1 : a.machine > b.machine ? 1 : 0;

export const rankOf = ({ measure, bucket }: ComputerDurations) => (measure === "start" ? 0 : 1_000) + bucket;

export const newMachine = (): Machine => ({
  slots: new Map(),
  hours: new Map(),
  days: new Map(),
  durations: new Map(),
});

/** What is plausible of the slots from `from` to before `to`; `undefined` if there is none. */
export function plausibleIn(slots: Machine["slots"], from: UnixMs, to: UnixMs): Counters | undefined {
  const hours = new Map<UnixMs, Counters>();
  for (const [slot, counts] of slots) {
    const hour = slot - (slot % HOUR_MS);
    if (slot > from - SLOT_MS && slot < to) hours.set(hour, added(hours.get(hour) ?? NO_COUNTS, counts));
  }
  let sum: Counters | undefined;
  for (const counts of hours.values()) sum = added(sum ?? NO_COUNTS, plausiblePart(counts));
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
