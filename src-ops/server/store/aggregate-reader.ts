import type { TelemetryEvent } from "../../../src-shared/telemetry/index.ts";
import type { UnixMs } from "../../../src-shared/units.ts";
import {
  type AggregateReader,
  added,
  type AvailabilityWindow,
  BLOCK_MS,
  type ComputerCounts,
  COUNTERS,
  type Counters,
  HOUR_MS,
  NO_COUNTS,
  type MachineFacts,
  plausiblePart,
  type Score,
  SLOT_MS,
  type Steps,
  type WindowCounts,
  WINDOW_MS,
} from "../../gates/index.ts";
import type { Dialect } from "./dialects.ts";
import type { HourlyCounts, NotableEvent, RingStore } from "./ring-store.ts";
import type { RunStatements } from "./statement.ts";
import { featuresOf } from "./aggregate-changes.ts";

const OF_RELEASE = "FROM slots WHERE ring = $1 AND version = $2 AND slot > $3";

const OF_COMPUTERS = "FROM machine_slots WHERE ring = $1 AND version = $2 AND slot > $3";

type MachineRow = Omit<MachineFacts, "features" | "lastAt" | "steps"> & {
  readonly features: string;
  readonly lastAt: UnixMs | null;
};
type SecurityEvent = Extract<TelemetryEvent, { readonly kind: "security" }>;
type CountsRow = Counters & { readonly machine: string };
type StepRow = { readonly machine: string; readonly step: keyof Steps; readonly at: UnixMs };

/** Reads the data for verdicts from the aggregates, so that the time does not grow with the number of events. */
export function createAggregateReader(
  run: RunStatements,
  { sumOf, allBitsOf, failingSlots, score, step }: Dialect,
): Omit<AggregateReader, "reached"> & Pick<RingStore, "hours" | "recentEvents"> {
  const totals = COUNTERS.map((name) => `${sumOf(`"${name}"`)} AS "${name}"`).join(", ");

  async function stepsTo(build: string): Promise<ReadonlyMap<string, Steps>> {
    const found = new Map<string, Steps>();
    const rows = await run<StepRow>(["SELECT machine, step, at FROM steps WHERE build = $1", [build]]);
    for (const row of rows) found.set(row.machine, { ...found.get(row.machine), [row.step]: row.at });
    return found;
  }

  return {
    async totals(ring, version, from) {
      const [row] = await run<Counters>([`SELECT ${totals} ${OF_RELEASE}`, [ring, version, from - SLOT_MS]]);
      return { ...(row as Counters) };
    },
    async counts(ring, version, from, names) {
      // Whole blocks, and before the first of them the hours from the slots: a release begins at any time.
      const firstBlock = Math.ceil(from / BLOCK_MS) * BLOCK_MS;
      const sums = names.map((name) => `${sumOf(`"${name}"`)} AS "${name}"`).join(", ");
      const hours = await run<CountsRow>([
        `SELECT machine, slot - slot % ${HOUR_MS} AS hour, ${sums} ${OF_COMPUTERS} AND slot < $4 GROUP BY 1, 2`,
        [ring, version, from - SLOT_MS, firstBlock],
      ]);
      const blocks = await run<CountsRow>([
        `SELECT machine, ${sums} FROM machine_blocks WHERE ring = $1 AND version = $2 AND block >= $3 GROUP BY 1`,
        [ring, version, firstBlock],
      ]);
      const countsIn = (row: CountsRow): Counters => {
        const counts = { ...NO_COUNTS };
        for (const name of names) counts[name] = row[name];
        return counts;
      };
      return sumsOf([
        ...hours.map((row) => ({ machine: row.machine, counts: plausiblePart(countsIn(row)) })),
        ...blocks.map((row) => ({ machine: row.machine, counts: countsIn(row) })),
      ]);
    },
    async windows(ring, version, from, failing) {
      // There are few such half hours: only their slots are read.
      const found = await run<{ at: UnixMs }>([
        `SELECT slot - slot % ${WINDOW_MS} AS at ${OF_COMPUTERS.replace("machine_slots", failingSlots)} AND "attemptsFailed" > 0 ` +
          "GROUP BY 1 HAVING count(DISTINCT machine) >= $4 ORDER BY 1",
        [ring, version, from - SLOT_MS, failing],
      ]);
      const windows: AvailabilityWindow[] = [];
      for (const { at } of found) {
        const computers = await run<WindowCounts>([
          `SELECT machine, ${sumOf("attempts")} AS attempts, ${sumOf('"attemptsFailed"')} AS "attemptsFailed" ` +
            `${OF_COMPUTERS} AND slot >= $4 AND slot < $5 AND attempts > 0 GROUP BY 1 ORDER BY 1`,
          [ring, version, from - SLOT_MS, at, at + WINDOW_MS],
        ]);
        windows.push({ at, computers });
      }
      return windows;
    },
    hours: (ring, version, from) =>
      run<HourlyCounts>([
        `SELECT slot - slot % ${HOUR_MS} + ${HOUR_MS} AS at, ${sumOf("operations")} AS operations, ` +
          `${sumOf("failed")} AS failed ${OF_RELEASE} GROUP BY 1 ORDER BY 1`,
        [ring, version, from],
      ]),
    async lastCrashAt(ring, version, from) {
      const [row] = await run<{ at: UnixMs | null }>([
        `SELECT max(slot) AS at ${OF_RELEASE} AND crashes > 0`,
        [ring, version, from - SLOT_MS],
      ]);
      return row?.at ?? undefined;
    },
    async machines({ ring, version, since, build }) {
      const steps = await stepsTo(build);
      const rows = await run<MachineRow>([
        `SELECT m.machine, ${sumOf("operations")} AS operations, ${sumOf("failed")} AS failed, ` +
          `${sumOf("surplus")} AS surplus, ` +
          `coalesce(max("memoryHighest"), 0) AS "memoryHighest", ${allBitsOf("features")} AS features, ` +
          'max("lastAt") AS "lastAt" FROM machines m LEFT JOIN machine_blocks b ' +
          "ON b.ring = m.ring AND b.version = $2 AND b.machine = m.machine AND b.block > $3 " +
          "WHERE m.ring = $1 GROUP BY m.machine ORDER BY m.machine",
        [ring, version, since - BLOCK_MS],
      ]);
      return rows.map(({ features, lastAt, ...row }) => ({
        ...row,
        features: featuresOf(features.split(",").reduce((mask, bits) => mask | Number(bits), 0)),
        lastAt: lastAt ?? undefined,
        steps: steps.get(row.machine) ?? {},
      }));
    },
    // `kind <> 'session'` is redundant, but lets the database use the partial index.
    async findings({ ring, version, since }) {
      const rows = await run<{ machine: string; event: string }>([
        "SELECT machine, event FROM events WHERE kind = 'security' AND kind <> 'session' " +
          "AND ring = $1 AND version = $2 AND at >= $3 ORDER BY at, machine, session, seq",
        [ring, version, since],
      ]);
      return rows.map(({ machine, event }) => ({ machine, ...(JSON.parse(event) as SecurityEvent).finding }));
    },
    scores({ ring, version }) {
      const newest = "row_number() OVER (PARTITION BY machine ORDER BY at DESC, received DESC, session DESC, seq DESC)";
      return run<Score>([
        `SELECT machine, score FROM (SELECT machine, ${score} AS score, ${newest} AS age FROM events WHERE kind = 'feedback' ` +
          `AND kind <> 'session' AND ring = $1 AND version = $2 AND ${score} IS NOT NULL) AS answers ` +
          "WHERE age = 1 ORDER BY machine",
        [ring, version],
      ]);
    },
    async tickets(ring) {
      const rows = await run<{ openedAt: UnixMs; closedAt: UnixMs | null }>([
        'SELECT "openedAt", "closedAt" FROM tickets WHERE ring = $1 ORDER BY "openedAt", id',
        [ring],
      ]);
      return rows.map(({ openedAt, closedAt }) => ({ openedAt, closedAt: closedAt ?? undefined }));
    },
    async recentEvents(ring, version, most) {
      const rows = await run<{ machine: string; at: UnixMs; event: string }>([
        "SELECT machine, at, event FROM events WHERE kind <> 'session' " +
          "AND kind IN ('security', 'update', 'feedback', 'problem') AND ring = $1 AND version = $2 " +
          `AND (kind <> 'update' OR ${step} = 'failed') ORDER BY at DESC, machine, session, seq DESC LIMIT $3`,
        [ring, version, most],
      ]);
      return rows.map(({ event, ...row }) => ({ ...row, event: JSON.parse(event) as NotableEvent["event"] }));
    },
  };
}

/** One sum for each computer, in the order of their names. */
function sumsOf(parts: readonly ComputerCounts[]): readonly ComputerCounts[] {
  const sums = new Map<string, Counters>();
  for (const { machine, counts } of parts) {
    const known = sums.get(machine);
    sums.set(machine, known ? added(known, counts) : counts);
  }
  return [...sums]
    .map(([machine, counts]) => ({ machine, counts }))
    .toSorted((a, b) => (a.machine < b.machine ? -1 : 1));
}
