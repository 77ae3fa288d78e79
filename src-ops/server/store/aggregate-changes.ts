import { added, type Contribution, type Counters, NO_COUNTS, SLOT_MS } from "../../gates/index.ts";
import { type Feature, FEATURES } from "../../../src-shared/telemetry/index.ts";
import { DAY, type UnixMs } from "../../../src-shared/units.ts";

export const DAY_MS = DAY * 1_000;

/** What one computer adds to its day; `key`: ring, version, computer, day. */
export type MachineDay = {
  readonly key: readonly [string, string, string, number];
  operations: number;
  failed: number;
  memoryHighest: number;
  features: number;
  lastAt: UnixMs;
};
/** What all computers add to five minutes; `key`: ring, version, slot. */
export type Slot = { readonly key: readonly [string, string, number]; counts: Counters };

/** Collects contributions, so that each row of the aggregates is written once. */
export function createAggregateChanges() {
  const slots = new Map<string, Slot>();
  const days = new Map<string, MachineDay>();

  function addToSlot({ ring, version, at }: Contribution, counts: Counters): void {
    const start = at - (at % SLOT_MS);
    const name = `${ring} ${version} ${start}`;
    const slot = slots.get(name) ?? { key: [ring, version, start], counts: NO_COUNTS };
    slot.counts = added(slot.counts, counts);
    slots.set(name, slot);
  }

  function addToDay({ ring, version, machine, at, counts, memoryHighest, features }: Contribution): void {
    const start = at - (at % DAY_MS);
    const name = `${ring} ${version} ${machine} ${start}`;
    const day = days.get(name) ?? {
      key: [ring, version, machine, start] as const,
      operations: 0,
      failed: 0,
      memoryHighest: 0,
      features: 0,
      lastAt: 0,
    };
    day.operations += counts.operations;
    day.failed += counts.failed;
    day.memoryHighest = Math.max(day.memoryHighest, memoryHighest);
    day.features |= maskOf(features);
    day.lastAt = Math.max(day.lastAt, at);
    days.set(name, day);
  }

  return {
    add(part: Contribution): void {
      addToSlot(part, part.counts);
      addToDay(part);
    },
    /** Changes only the slots, which cover all computers: erasing a computer subtracts its counts and deletes its days. */
    addToSlot,
    slots: () => [...slots.values()],
    days: () => [...days.values()],
    clear(): void {
      slots.clear();
      days.clear();
    },
  };
}
export type AggregateChanges = ReturnType<typeof createAggregateChanges>;

// One bit for each feature, in the order of the list: a new feature is added at its end.
function maskOf(features: readonly Feature[]): number {
  return features.reduce((mask, feature) => mask | (1 << FEATURES.indexOf(feature)), 0);
}

export function featuresOf(mask: number): Feature[] {
  return FEATURES.filter((_, index) => (mask & (1 << index)) !== 0).toSorted();
}
