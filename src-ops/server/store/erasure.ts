import { COUNTERS, ERASED } from "../../gates/index.ts";
import type { Statement } from "./statement.ts";

const added = (table: string) =>
  COUNTERS.map((name) => `"${name}" = ${table}."${name}" + excluded."${name}"`).join(", ");
const COUNTED = COUNTERS.map((name) => `"${name}"`).join(", ");
const OTHERS = 'surplus, "memoryHighest", features, "firstAt", "lastAt"';

/**
 * Deletes what is stored about one computer. Its counts of each day stay, joined with those of all other erased computers: a
 * computer on which the release fails must not take its failures with it. Both databases use the same SQL.
 *
 * @param least the function of the database that returns the smaller one of two values; `greatest`: the larger one
 */
export function erasureOf(machine: string, least: string, greatest: string): readonly Statement[] {
  const ofComputer = "WHERE machine = $1";
  return [
    [
      `INSERT INTO machine_days (ring, version, machine, day, ${OTHERS}, ${COUNTED}) ` +
        `SELECT ring, version, '${ERASED}', day, ${OTHERS}, ${COUNTED} FROM machine_days ${ofComputer} ` +
        "ON CONFLICT (ring, version, machine, day) DO UPDATE SET surplus = machine_days.surplus + excluded.surplus, " +
        `"memoryHighest" = ${greatest}(machine_days."memoryHighest", excluded."memoryHighest"), ` +
        "features = machine_days.features | excluded.features, " +
        `"firstAt" = ${least}(machine_days."firstAt", excluded."firstAt"), ` +
        `"lastAt" = ${greatest}(machine_days."lastAt", excluded."lastAt"), ${added("machine_days")}`,
      [machine],
    ],
    [
      "INSERT INTO durations (ring, version, machine, day, measure, bucket, count) " +
        `SELECT ring, version, '${ERASED}', day, measure, bucket, count FROM durations ${ofComputer} ` +
        "ON CONFLICT (ring, version, machine, day, measure, bucket) DO UPDATE SET count = durations.count + excluded.count",
      [machine],
    ],
    ...["machine_slots", "machine_days", "durations", "platforms", "steps"].map((table): Statement => [
      `DELETE FROM ${table} ${ofComputer}`,
      [machine],
    ]),
  ];
}

/** Deletes the aggregates before they are computed again. Of erased computers no events are left, so their days stay. */
export const CLEARED: readonly Statement[] = [
  ...["slots", "machine_slots", "steps"].map((table): Statement => [`DELETE FROM ${table}`]),
  ...["machine_days", "durations"].map((table): Statement => [`DELETE FROM ${table} WHERE machine <> '${ERASED}'`]),
  // The sums of all computers contain them at the beginning of their day.
  [
    `INSERT INTO slots (ring, version, slot, ${COUNTED}) SELECT ring, version, day, ${COUNTED} FROM machine_days ` +
      `WHERE machine = '${ERASED}'`,
  ],
];
