import type { DatabaseSync } from "node:sqlite";
import { COUNTERS } from "../../gates/index.ts";
import type { AggregateChanges } from "./aggregate-changes.ts";

/** Adds changes to the aggregates; writes each row once. */
export function createAggregateWriter(
  database: DatabaseSync,
): (changes: Pick<AggregateChanges, "slots" | "days">) => void {
  const writeSlot = database.prepare(
    `INSERT INTO slots VALUES (?, ?, ?, ${COUNTERS.map(() => "?").join(", ")}) ON CONFLICT DO UPDATE SET ` +
      COUNTERS.map((name) => `${name} = ${name} + excluded.${name}`).join(", "),
  );
  const writeDay = database.prepare(
    "INSERT INTO machine_days VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?) ON CONFLICT DO UPDATE SET " +
      "operations = operations + excluded.operations, failed = failed + excluded.failed, " +
      "memoryHighest = max(memoryHighest, excluded.memoryHighest), features = features | excluded.features, " +
      "lastAt = max(lastAt, excluded.lastAt)",
  );
  return (changes) => {
    for (const { key, counts } of changes.slots()) writeSlot.run(...key, ...COUNTERS.map((name) => counts[name]));
    for (const { key, operations, failed, memoryHighest, features, lastAt } of changes.days())
      writeDay.run(...key, operations, failed, memoryHighest, features, lastAt);
  };
}
