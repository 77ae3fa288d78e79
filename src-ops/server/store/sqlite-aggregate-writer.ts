import type { DatabaseSync } from "node:sqlite";
import { COUNTERS, type Counters, HOUR_MS, NO_COUNTS, SLOT_MS } from "../../gates/index.ts";
import type { AggregateChanges } from "./aggregate-changes.ts";

const PLACES = COUNTERS.map(() => "?").join(", ");
const ADDED = COUNTERS.map((name) => `${name} = ${name} + excluded.${name}`).join(", ");
const MERGED_DAYS =
  "surplus = surplus + excluded.surplus, memoryHighest = max(memoryHighest, excluded.memoryHighest), " +
  "features = features | excluded.features, firstAt = min(firstAt, excluded.firstAt), lastAt = max(lastAt, excluded.lastAt)";
const SLOTS_OF_HOUR = HOUR_MS / SLOT_MS;

const inOrder = (counts: Counters) => COUNTERS.map((name) => counts[name]);
const slotsFrom = (hour: number) => Array.from({ length: SLOTS_OF_HOUR }, (_, index) => hour + index * SLOT_MS);

/** Adds changes to the aggregates; writes each row once. */
export function createAggregateWriter(database: DatabaseSync) {
  const writeSlot = database.prepare(
    `INSERT INTO slots VALUES (?, ?, ?, ${PLACES}) ON CONFLICT DO UPDATE SET ${ADDED}`,
  );
  const writeMachineSlot = database.prepare(
    `INSERT INTO machine_slots (ring, version, machine, slot, ${COUNTERS.join(", ")}) VALUES (?, ?, ?, ?, ${PLACES}) ` +
      `ON CONFLICT DO UPDATE SET ${ADDED}`,
  );
  const writeDay = database.prepare(
    `INSERT INTO machine_days VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ${PLACES}) ON CONFLICT DO UPDATE SET ${MERGED_DAYS}, ${ADDED}`,
  );
  const writeDurations = database.prepare(
    "INSERT INTO durations VALUES (?, ?, ?, ?, ?, ?, ?) ON CONFLICT DO UPDATE SET count = count + excluded.count",
  );
  // One seek for each slot: the key of the table has the slot before the computer.
  const hourBefore = database.prepare(
    `SELECT ${COUNTERS.map((name) => `coalesce(sum(${name}), 0) AS ${name}`).join(", ")} FROM machine_slots ` +
      `WHERE ring = ? AND version = ? AND machine = ? AND slot IN (${Array.from({ length: SLOTS_OF_HOUR }, () => "?").join(", ")})`,
  );

  return {
    /** @param areEmpty nothing is in the aggregates, so no hour has to be read first */
    write(changes: AggregateChanges, areEmpty = false): void {
      const days = changes.days(([ring, version, machine, hour]) =>
        areEmpty ? NO_COUNTS : ({ ...hourBefore.get(ring, version, machine, ...slotsFrom(hour)) } as Counters),
      );
      for (const { key, counts } of changes.slots()) writeSlot.run(...key, ...inOrder(counts));
      // In the order of the table, which is many times faster for many rows.
      for (const { key, counts } of changes.machineSlots().toSorted((a, b) => a.key[3] - b.key[3])) {
        writeMachineSlot.run(...key, ...inOrder(counts));
      }
      for (const { key, counts, surplus, memoryHighest, features, firstAt, lastAt } of days) {
        writeDay.run(...key, surplus, memoryHighest, features, firstAt, lastAt, ...inOrder(counts));
      }
      for (const { key, measure, bucket, count } of changes.durations())
        writeDurations.run(...key, measure, bucket, count);
    },
  };
}
