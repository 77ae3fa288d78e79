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

/** Collects contributions, so that each row of the aggregates is written once. */
export function createAggregateChanges() {
  const slots = new Map<string, Slot>();
  const machineSlots = new Map<string, MachineCounts>();
  const hours = new Map<string, MachineCounts>();
  const days = new Map<string, Day>();
  const durations = new Map<string, Durations>();

  function addToSlot({ ring, version, at }: Contribution, counts: Counters): void {
    const start = at - (at % SLOT_MS);
    const name = `${ring} ${version} ${start}`;
    const slot = slots.get(name) ?? { key: [ring, version, start], counts: NO_COUNTS };
    slot.counts = added(slot.counts, counts);
    slots.set(name, slot);
  }

  function addToMachine(found: Map<string, MachineCounts>, part: Contribution, lengthMs: Milliseconds): void {
    const key = keyOf(part, lengthMs);
    const name = nameOf(key);
    const sum = found.get(name) ?? { key, counts: NO_COUNTS };
    sum.counts = added(sum.counts, part.counts);
    found.set(name, sum);
  }

  function dayOf(key: Day["key"]): Day {
    const name = nameOf(key);
    const day = days.get(name) ?? {
      key,
      counts: NO_COUNTS,
      surplus: 0,
      memoryHighest: 0,
      features: 0,
      firstAt: Number.MAX_SAFE_INTEGER,
      lastAt: 0,
    };
    days.set(name, day);
    return day;
  }

  function addDurations(part: Contribution): void {
    const key = keyOf(part, DAY_MS);
    for (const { measure, bucket, count } of part.durations) {
      const name = `${nameOf(key)} ${measure} ${bucket}`;
      const sum = durations.get(name) ?? { key, measure, bucket, count: 0 };
      sum.count += count;
      durations.set(name, sum);
    }
  }

  return {
    add(part: Contribution): void {
      addToSlot(part, part.counts);
      addToMachine(machineSlots, part, SLOT_MS);
      addToMachine(hours, part, HOUR_MS);
      addDurations(part);
      const day = dayOf(keyOf(part, DAY_MS));
      day.memoryHighest = Math.max(day.memoryHighest, part.memoryHighest);
      day.features |= maskOf(part.features);
      day.firstAt = Math.min(day.firstAt, part.at);
      day.lastAt = Math.max(day.lastAt, part.at);
    },
    slots: () => [...slots.values()],
    machineSlots: () => [...machineSlots.values()],
    durations: () => [...durations.values()].filter(({ count }) => count !== 0),
    /** The hours that change. `days` needs to know what was stored of them before. */
    hours: () => [...hours.values()].map(({ key }) => key),
    days(before: (hour: MachineCounts["key"]) => Counters): readonly Day[] {
      for (const { key, counts } of hours.values()) {
        const [ring, version, machine, hour] = key;
        const day = dayOf([ring, version, machine, hour - (hour % DAY_MS)]);
        const old = before(key);
        const now = added(old, counts);
        day.counts = added(day.counts, subtracted(plausiblePart(now), plausiblePart(old)));
        day.surplus += surplusOf(now) - surplusOf(old);
      }
      return [...days.values()];
    },
    clear(): void {
      for (const map of [slots, machineSlots, hours, days, durations]) map.clear();
    },
  };
}
export type AggregateChanges = ReturnType<typeof createAggregateChanges>;

function keyOf({ ring, version, machine, at }: Contribution, lengthMs: Milliseconds): MachineCounts["key"] {
  return [ring, version, machine, at - (at % lengthMs)];
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
