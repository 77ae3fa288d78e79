import type { DatabaseSync } from "node:sqlite";
import { COUNTERS } from "../../gates/index.ts";
import type { Sums } from "./sums.ts";

/** Adds sums to the aggregates, each row once. */
export function createSumsWriter(database: DatabaseSync): (sums: Pick<Sums, "slots" | "days">) => void {
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
  return (sums) => {
    for (const { key, counts } of sums.slots()) writeSlot.run(...key, ...COUNTERS.map((name) => counts[name]));
    for (const { key, operations, failed, memoryHighest, features, lastAt } of sums.days())
      writeDay.run(...key, operations, failed, memoryHighest, features, lastAt);
  };
}
