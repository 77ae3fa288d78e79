import { COUNTERS, type Counters, HOUR_MS, NO_COUNTS, SLOT_MS } from "../../gates/index.ts";
import type { Query } from "./postgres-connection.ts";
import { type AggregateChanges, nameOf } from "./aggregate-changes.ts";

const counters = COUNTERS.map((name) => `"${name}"`);
const typed = counters.map((name) => `${name} int8`).join(", ");
const added = (table: string) => counters.map((name) => `${name} = ${table}.${name} + excluded.${name}`).join(", ");
const SLOTS =
  `INSERT INTO slots SELECT * FROM json_to_recordset($1::json) AS slot(ring text, version text, slot int8, ${typed}) ` +
  `ON CONFLICT (ring, version, slot) DO UPDATE SET ${added("slots")}`;
const MACHINE_SLOTS =
  "INSERT INTO machine_slots SELECT * FROM json_to_recordset($1::json) AS slot(ring text, version text, slot int8, " +
  `machine text, ${typed}) ON CONFLICT (ring, version, slot, machine) DO UPDATE SET ${added("machine_slots")}`;
const DAYS =
  "INSERT INTO machine_days SELECT * FROM json_to_recordset($1::json) AS day(ring text, version text, machine text, " +
  `day int8, surplus int8, "memoryHighest" int8, features int8, "firstAt" int8, "lastAt" int8, ${typed}) ` +
  "ON CONFLICT (ring, version, machine, day) DO UPDATE SET surplus = machine_days.surplus + excluded.surplus, " +
  '"memoryHighest" = greatest(machine_days."memoryHighest", excluded."memoryHighest"), ' +
  "features = machine_days.features | excluded.features, " +
  '"firstAt" = least(machine_days."firstAt", excluded."firstAt"), ' +
  `"lastAt" = greatest(machine_days."lastAt", excluded."lastAt"), ${added("machine_days")}`;
const DURATIONS =
  "INSERT INTO durations SELECT * FROM json_to_recordset($1::json) AS d(ring text, version text, machine text, day int8, " +
  "measure text, bucket int8, count int8) ON CONFLICT (ring, version, machine, day, measure, bucket) " +
  "DO UPDATE SET count = durations.count + excluded.count";
const KEYS =
  'json_to_recordset($1::json) AS k(ring text COLLATE "C", version text COLLATE "C", machine text COLLATE "C", slot int8)';
// One seek for each slot of the hour: the key of the table has the slot before the computer.
const HOURS_BEFORE =
  `SELECT k.ring, k.version, k.machine, k.slot, ${counters.map((name) => `sum(s.${name})::int8 AS ${name}`).join(", ")} ` +
  `FROM ${KEYS} CROSS JOIN generate_series(0, ${HOUR_MS - SLOT_MS}, ${SLOT_MS}) AS minutes ` +
  "JOIN machine_slots s ON s.ring = k.ring AND s.version = k.version AND s.slot = k.slot + minutes " +
  "AND s.machine = k.machine GROUP BY 1, 2, 3, 4";
type HourRow = Counters & { readonly ring: string; readonly version: string; readonly machine: string; slot: number };
type Key = readonly [string, string, string, number];

const keyRow = ([ring, version, machine, slot]: Key) => ({ ring, version, machine, slot });

/** Adds changes to the aggregates; writes each row once. */
export async function writeAggregates(query: Query, changes: AggregateChanges): Promise<void> {
  const hours = changes.hours();
  const rows =
    hours.length > 0 ? await query<HourRow>(HOURS_BEFORE, [JSON.stringify(hours.map(keyRow))], "hours-before") : [];
  const known = new Map(
    rows.map(({ ring, version, machine, slot, ...counts }) => [nameOf([ring, version, machine, slot]), counts]),
  );
  const days = changes.days((key) => known.get(nameOf(key)) ?? NO_COUNTS);
  const machineSlots = changes.machineSlots().map(({ key, counts }) => ({ ...keyRow(key), ...counts }));
  await writeSlots(query, changes);
  if (machineSlots.length > 0) await query(MACHINE_SLOTS, [JSON.stringify(machineSlots)], "write-machine-slots");
  const dayRows = days.map(({ key: [ring, version, machine, day], counts, ...rest }) => {
    return { ring, version, machine, day, ...rest, ...counts };
  });
  if (dayRows.length > 0) await query(DAYS, [JSON.stringify(dayRows)], "write-days");
  const durations = changes.durations().map(({ key: [ring, version, machine, day], ...rest }) => {
    return { ring, version, machine, day, ...rest };
  });
  if (durations.length > 0) await query(DURATIONS, [JSON.stringify(durations)], "write-durations");
}

async function writeSlots(query: Query, changes: AggregateChanges): Promise<void> {
  const slots = changes.slots().map(({ key: [ring, version, slot], counts }) => ({ ring, version, slot, ...counts }));
  if (slots.length > 0) await query(SLOTS, [JSON.stringify(slots)], "write-slots");
}
