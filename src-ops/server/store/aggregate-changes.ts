import {
  added,
  BLOCK_MS,
  type Contribution,
  type Counters,
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
/** What one computer adds to its block. Of its counts, only the plausible part of each hour; the rest is the surplus. */
export type Block = MachineCounts & { surplus: number; memoryHighest: number; features: number; lastAt: UnixMs };

/** Collects contributions, so that each row of the aggregates is written once. */
export function createAggregateChanges() {
  const slots = new Map<string, Slot>();
  const machineSlots = new Map<string, MachineCounts>();
  const hours = new Map<string, MachineCounts>();
  const blocks = new Map<string, Block>();

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

  function blockOf(key: Block["key"]): Block {
    const name = nameOf(key);
    const block = blocks.get(name) ?? {
      key,
      counts: NO_COUNTS,
      surplus: 0,
      memoryHighest: 0,
      features: 0,
      lastAt: 0,
    };
    blocks.set(name, block);
    return block;
  }

  return {
    add(part: Contribution): void {
      addToSlot(part, part.counts);
      addToMachine(machineSlots, part, SLOT_MS);
      addToMachine(hours, part, HOUR_MS);
      const block = blockOf(keyOf(part, BLOCK_MS));
      block.memoryHighest = Math.max(block.memoryHighest, part.memoryHighest);
      block.features |= maskOf(part.features);
      block.lastAt = Math.max(block.lastAt, part.at);
    },
    /** Takes a computer's contribution out of the sum of all computers. Its own rows are deleted. */
    remove(part: Contribution): void {
      addToSlot(part, subtracted(NO_COUNTS, part.counts));
      addToMachine(machineSlots, part, SLOT_MS);
    },
    slots: () => [...slots.values()],
    machineSlots: () => [...machineSlots.values()],
    /** The hours that change. `blocks` needs to know what was stored of them before. */
    hours: () => [...hours.values()].map(({ key }) => key),
    blocks(before: (hour: MachineCounts["key"]) => Counters): readonly Block[] {
      for (const { key, counts } of hours.values()) {
        const [ring, version, machine, hour] = key;
        const block = blockOf([ring, version, machine, hour - (hour % BLOCK_MS)]);
        const old = before(key);
        const now = added(old, counts);
        block.counts = added(block.counts, subtracted(plausiblePart(now), plausiblePart(old)));
        block.surplus += surplusOf(now) - surplusOf(old);
      }
      return [...blocks.values()];
    },
    clear(): void {
      for (const map of [slots, machineSlots, hours, blocks]) map.clear();
    },
  };
}
export type AggregateChanges = ReturnType<typeof createAggregateChanges>;

function keyOf({ ring, version, machine, at }: Contribution, lengthMs: Milliseconds): MachineCounts["key"] {
  return [ring, version, machine, at - (at % lengthMs)];
}

export const nameOf = (key: MachineCounts["key"]): string => key.join(" ");

// One bit for each feature, in the order of the list: a new feature is added at its end.
function maskOf(features: readonly Feature[]): number {
  return features.reduce((mask, feature) => mask | (1 << FEATURES.indexOf(feature)), 0);
}

export function featuresOf(mask: number): Feature[] {
  return FEATURES.filter((_, index) => (mask & (1 << index)) !== 0).toSorted();
}
