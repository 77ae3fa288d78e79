import type { DatabaseSync, SQLInputValue, StatementSync } from "node:sqlite";
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

/**
 * Adds counts to a row. Of the counters of five minutes most are zero, and binding them took most of the time: there is a
 * statement for each set of other counters, of which apps report a few dozen.
 */
function createSlotWriter(database: DatabaseSync, table: string, keyColumns: readonly string[]) {
  const prepared = new Map<string, StatementSync>();
  const keyPlaces = keyColumns.map(() => "?").join(", ");

  function prepare(present: readonly (keyof Counters)[]): StatementSync {
    const values = COUNTERS.map((name) => (present.includes(name) ? "?" : "0")).join(", ");
    const sums = present.map((name) => `${name} = ${name} + excluded.${name}`).join(", ");
    return database.prepare(
      `INSERT INTO ${table} (${[...keyColumns, ...COUNTERS].join(", ")}) VALUES (${keyPlaces}, ${values}) ` +
        `ON CONFLICT DO ${sums === "" ? "NOTHING" : `UPDATE SET ${sums}`}`,
    );
  }

  return (key: readonly SQLInputValue[], counts: Counters): void => {
    const present = COUNTERS.filter((name) => counts[name] !== 0);
    const set = present.join();
    const statement = prepared.get(set) ?? prepare(present);
    prepared.set(set, statement);
    statement.run(...key, ...present.map((name) => counts[name]));
  };
}

/** Adds changes to the aggregates; writes each row once. */
export function createAggregateWriter(database: DatabaseSync) {
  const writeSlot = createSlotWriter(database, "slots", ["ring", "version", "slot"]);
  const writeMachineSlot = createSlotWriter(database, "machine_slots", ["ring", "version", "machine", "slot"]);
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
      for (const { key, counts } of changes.slots()) writeSlot(key, counts);
      // In the order of the table, which is many times faster for many rows.
      for (const { key, counts } of changes.machineSlots().toSorted((a, b) => a.key[3] - b.key[3])) {
        writeMachineSlot(key, counts);
      }
      for (const { key, counts, surplus, memoryHighest, features, firstAt, lastAt } of days) {
        writeDay.run(...key, surplus, memoryHighest, features, firstAt, lastAt, ...inOrder(counts));
      }
      for (const { key, measure, bucket, count } of changes.durations())
        writeDurations.run(...key, measure, bucket, count);
    },
  };
}
