import { COUNTERS } from "../../gates/index.ts";
import type { Query } from "./postgres-connection.ts";
import type { AggregateChanges } from "./aggregate-changes.ts";

const counters = COUNTERS.map((name) => `"${name}"`);
const SLOTS =
  `INSERT INTO slots SELECT * FROM json_to_recordset($1::json) AS slot(ring text, version text, slot int8, ` +
  `${counters.map((name) => `${name} int8`).join(", ")}) ON CONFLICT (ring, version, slot) DO UPDATE SET ` +
  counters.map((name) => `${name} = slots.${name} + excluded.${name}`).join(", ");
const DAYS =
  "INSERT INTO machine_days SELECT * FROM json_to_recordset($1::json) AS day(ring text, version text, machine text, " +
  'day int8, operations int8, failed int8, "memoryHighest" int8, features int8, "lastAt" int8) ' +
  "ON CONFLICT (ring, version, machine, day) DO UPDATE SET operations = machine_days.operations + excluded.operations, " +
  "failed = machine_days.failed + excluded.failed, features = machine_days.features | excluded.features, " +
  '"memoryHighest" = greatest(machine_days."memoryHighest", excluded."memoryHighest"), ' +
  '"lastAt" = greatest(machine_days."lastAt", excluded."lastAt")';

/** Adds changes to the aggregates; writes each row once. */
export async function writeAggregates(query: Query, changes: Pick<AggregateChanges, "slots" | "days">): Promise<void> {
  const slots = changes.slots().map(({ key: [ring, version, slot], counts }) => ({ ring, version, slot, ...counts }));
  const days = changes
    .days()
    .map(({ key: [ring, version, machine, day], ...sum }) => ({ ring, version, machine, day, ...sum }));
  if (slots.length > 0) await query(SLOTS, [JSON.stringify(slots)], "write-slots");
  if (days.length > 0) await query(DAYS, [JSON.stringify(days)], "write-days");
}
