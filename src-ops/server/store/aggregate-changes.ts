import {
  added,
  type Contribution,
  type Counters,
  DAY_MS,
  type DurationCount,
  HOUR_MS,
  NO_COUNTS,
  plausiblePart,
  SLOT_MS,
  subtracted,
  surplusOf,
} from "../../gates/index.ts";
import { type Feature, FEATURES } from "../../../src-shared/telemetry/index.ts";
import type { Milliseconds, UnixMs } from "../../../src-shared/units.ts";

/** What all computers add to five minutes; `key`: ring, version, slot. */
export type Slot = { readonly key: readonly [string, string, number]; counts: Counters };
/** What one computer adds to some time; `key`: ring, version, computer, start of the slot or hour. */
export type MachineCounts = { readonly key: readonly [string, string, string, number]; counts: Counters };
/** What one computer adds to its day. Of its counts, only the plausible part of each hour; the rest is the surplus. */
export type Day = MachineCounts & {
  surplus: number;
  memoryHighest: number;
  features: number;
  firstAt: UnixMs;
  lastAt: UnixMs;
};
/** How many starts or verdicts of one computer's day it adds to a bucket; `key` as above, of the day. */
export type Durations = Omit<DurationCount, "count"> & { readonly key: MachineCounts["key"]; count: number };

/** What is collected of one computer, by the start of the slot, hour or day. */
type OfMachine = {
  readonly ring: string;
  readonly version: string;
  readonly machine: string;
  readonly slots: Map<UnixMs, MachineCounts>;
  readonly hours: Map<UnixMs, MachineCounts>;
  readonly days: Map<UnixMs, Day>;
  readonly durations: Map<string, Durations>;
};

/** Collects contributions, so that each row of the aggregates is written once. */
export function createAggregateChanges() {
  const slots = new Map<string, Slot>();
  const machines = new Map<string, OfMachine>();
  // Contributions come computer by computer: that of the last one saves most look-ups.
  let last: OfMachine | undefined;

  function addToSlot({ ring, version, at, counts }: Contribution): void {
    const start = at - (at % SLOT_MS);
    const name = `${ring} ${version} ${start}`;
    const slot = slots.get(name);
    if (slot) slot.counts = added(slot.counts, counts);
    else slots.set(name, { key: [ring, version, start], counts });
  }

  function ofMachine(ring: string, version: string, machine: string): OfMachine {
    if (last && last.machine === machine && last.version === version && last.ring === ring) return last;
    const name = `${ring} ${version} ${machine}`;
    last = machines.get(name) ?? {
      ring,
      version,
      machine,
      slots: new Map(),
      hours: new Map(),
      days: new Map(),
      durations: new Map(),
    };
    machines.set(name, last);
    return last;
  }

  const all = <T>(pick: (one: OfMachine) => Iterable<T>): T[] =>
    [...machines.values()].flatMap((one) => [...pick(one)]);

  return {
    add(part: Contribution): void {
      const one = ofMachine(part.ring, part.version, part.machine);
      addToSlot(part);
      addCounts(one.slots, one, part, SLOT_MS);
      addCounts(one.hours, one, part, HOUR_MS);
      const day = dayOf(one, part.at - (part.at % DAY_MS));
      addDurations(one, part, day.key);
      day.memoryHighest = Math.max(day.memoryHighest, part.memoryHighest);
      day.features |= maskOf(part.features);
      day.firstAt = Math.min(day.firstAt, part.at);
      day.lastAt = Math.max(day.lastAt, part.at);
    },
    slots: () => [...slots.values()],
    machineSlots: () => all((one) => one.slots.values()),
    durations: () => all((one) => one.durations.values()).filter(({ count }) => count !== 0),
    /** The hours that change. `days` needs to know what was stored of them before. */
    hours: () => all((one) => one.hours.values()).map(({ key }) => key),
    days(before: (hour: MachineCounts["key"]) => Counters): readonly Day[] {
      for (const one of machines.values()) {
        for (const { key, counts } of one.hours.values()) {
          const day = dayOf(one, key[3] - (key[3] % DAY_MS));
          const old = before(key);
          const now = added(old, counts);
          day.counts = added(day.counts, subtracted(plausiblePart(now), plausiblePart(old)));
          day.surplus += surplusOf(now) - surplusOf(old);
        }
      }
      return all((one) => one.days.values());
    },
    clear(): void {
      slots.clear();
      machines.clear();
      last = undefined;
    },
  };
}
export type AggregateChanges = ReturnType<typeof createAggregateChanges>;

function addCounts(
  found: Map<UnixMs, MachineCounts>,
  { ring, version, machine }: OfMachine,
  { at, counts }: Contribution,
  lengthMs: Milliseconds,
): void {
  const start = at - (at % lengthMs);
  const sum = found.get(start);
  if (sum) sum.counts = added(sum.counts, counts);
  else found.set(start, { key: [ring, version, machine, start], counts });
}

function dayOf({ ring, version, machine, days }: OfMachine, start: UnixMs): Day {
  const day = days.get(start) ?? {
    key: [ring, version, machine, start],
    counts: NO_COUNTS,
    surplus: 0,
    memoryHighest: 0,
    features: 0,
    firstAt: Number.MAX_SAFE_INTEGER,
    lastAt: 0,
  };
  days.set(start, day);
  return day;
}

function addDurations({ durations }: OfMachine, part: Contribution, key: Day["key"]): void {
  for (const { measure, bucket, count } of part.durations) {
    const name = `${key[3]} ${measure} ${bucket}`;
    const sum = durations.get(name) ?? { key, measure, bucket, count: 0 };
    sum.count += count;
    durations.set(name, sum);
  }
}

export const nameOf = ([ring, version, machine, start]: MachineCounts["key"]): string =>
  `${ring} ${version} ${machine} ${start}`;

// One bit for each feature, in the order of the list: a new feature is added at its end.
function maskOf(features: readonly Feature[]): number {
  return features.reduce((mask, feature) => mask | (1 << FEATURES.indexOf(feature)), 0);
}

export function featuresOf(mask: number): Feature[] {
  return FEATURES.filter((_, index) => (mask & (1 << index)) !== 0).toSorted();
}
