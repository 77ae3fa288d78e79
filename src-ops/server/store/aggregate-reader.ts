import type { Crash, TelemetryEvent } from "../../../src-shared/telemetry/index.ts";
import type { UnixMs } from "../../../src-shared/units.ts";
import {
  type AggregateReader,
  added,
  type AvailabilityWindow,
  type ComputerCounts,
  type ComputerDay,
  type ComputerDurations,
  COUNTERS,
  type Counters,
  DAY_MS,
  ERASED,
  HOUR_MS,
  NO_COUNTS,
  plausiblePart,
  type Score,
  SLOT_MS,
  type Steps,
  type WindowCounts,
  WINDOW_MS,
} from "../../gates/index.ts";
import type { Dialect } from "./dialects.ts";
import type { CrashGroup, HourlyCounts, NotableEvent, RingStore } from "./ring-store.ts";
import type { ReadArrays, RunStatements } from "./statement.ts";
import { featuresOf } from "./aggregate-changes.ts";

const OF_RELEASE = "FROM slots WHERE ring = $1 AND version = $2 AND slot > $3";

const OF_COMPUTERS = "FROM machine_slots WHERE ring = $1 AND version = $2 AND slot > $3";

const FIRST_DAY_COLUMNS = ["machine", "day", "features", "firstAt", "lastAt", "surplus", "memoryHighest"] as const;
const DAY_COLUMNS = [...FIRST_DAY_COLUMNS, ...COUNTERS].map((name) => `"${name}"`).join(", ");
type DayRow = readonly [
  machine: string,
  day: UnixMs,
  features: number,
  firstAt: UnixMs,
  lastAt: UnixMs,
  surplus: number,
  memoryHighest: number,
  ...counters: number[],
];
type SecurityEvent = Extract<TelemetryEvent, { readonly kind: "security" }>;
type CountsRow = Counters & { readonly machine: string };
type StepRow = { readonly machine: string; readonly step: keyof Steps; readonly at: UnixMs };

/** Reads the data for verdicts from the aggregates, so that the time does not grow with the number of events. */
export function createAggregateReader(
  run: RunStatements,
  readArrays: ReadArrays,
  { sumOf, failingSlots, score, step, crash }: Dialect,
): Omit<AggregateReader, "reached"> & Pick<RingStore, "hours" | "recentEvents" | "crashes"> {
  const totals = COUNTERS.map((name) => `${sumOf(`"${name}"`)} AS "${name}"`).join(", ");

  async function stepsTo(build: string): Promise<ReadonlyMap<string, Steps>> {
    const found = new Map<string, Steps>();
    const rows = await run<StepRow>(["SELECT machine, step, at FROM steps WHERE build = $1", [build]]);
    for (const row of rows) found.set(row.machine, { ...found.get(row.machine), [row.step]: row.at });
    return found;
  }

  /** What is plausible of the slots from `from` to before `to`, by computer. */
  async function countsFromSlots(ring: string, version: string, from: UnixMs, to: UnixMs) {
    const hours = await run<CountsRow>([
      `SELECT machine, slot - slot % ${HOUR_MS} AS hour, ${totals} ${OF_COMPUTERS} AND slot < $4 GROUP BY 1, 2`,
      [ring, version, from - SLOT_MS, to],
    ]);
    return sumsOf(hours.map((row) => ({ machine: row.machine, counts: plausiblePart(countsIn(row)) })));
  }

  return {
    async totals(ring, version, from) {
      const [row] = await run<Counters>([`SELECT ${totals} ${OF_RELEASE}`, [ring, version, from - SLOT_MS]]);
      return { ...(row as Counters) };
    },
    async recent(ring, version, from) {
      const rows = await run<Pick<Counters, "operations" | "failed"> & { readonly machine: string }>([
        `SELECT machine, slot - slot % ${HOUR_MS} AS hour, ${sumOf("operations")} AS operations, ` +
          `${sumOf("failed")} AS failed ${OF_COMPUTERS} GROUP BY 1, 2`,
        [ring, version, from - SLOT_MS],
      ]);
      return sumsOf(
        rows.map(({ machine, operations, failed }) => ({
          machine,
          counts: plausiblePart({ ...NO_COUNTS, operations, failed }),
        })),
      );
    },
    async days(ring, version, from) {
      const firstDay = from - (from % DAY_MS);
      const rows = await readArrays<DayRow>([
        `SELECT ${DAY_COLUMNS} FROM machine_days WHERE ring = $1 AND version = $2 AND day >= $3 ORDER BY machine, day`,
        [ring, version, firstDay],
      ]);
      const days = rows.map(dayIn);
      if (from === firstDay) return days;
      // A release begins at any time: of its first day, only the slots since then count.
      const first = new Map(
        (await countsFromSlots(ring, version, from, firstDay + DAY_MS)).map(({ machine, counts }) => [machine, counts]),
      );
      return days.flatMap((one) => {
        if (one.day > firstDay || one.machine === ERASED) return [one];
        const counts = first.get(one.machine);
        return counts ? [{ ...one, counts, firstAt: Math.max(one.firstAt, from) }] : [];
      });
    },
    async durations(ring, version, from, to) {
      const rows = await run<ComputerDurations>([
        `SELECT machine, measure, bucket, ${sumOf("count")} AS count FROM durations ` +
          "WHERE ring = $1 AND version = $2 AND day >= $3 AND day < $4 GROUP BY 1, 2, 3 ORDER BY 1, 2, 3",
        [ring, version, from - (from % DAY_MS), to],
      ]);
      return rows.filter(({ count }) => count > 0).map((row) => ({ ...row }));
    },
    async versionBefore(ring, version, from, to) {
      const [row] = await run<{ version: string }>([
        `SELECT version, ${sumOf("operations")} AS operations FROM machine_days WHERE ring = $1 AND version <> $2 ` +
          "AND day >= $3 AND day < $4 GROUP BY 1 ORDER BY 2 DESC, 1 LIMIT 1",
        [ring, version, from - (from % DAY_MS), to],
      ]);
      return row?.version;
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
    async enrolled({ ring, build }) {
      const steps = await stepsTo(build);
      const rows = await run<{ machine: string; platform: string | null }>([
        "SELECT m.machine, p.platform FROM machines m LEFT JOIN platforms p ON p.machine = m.machine " +
          "WHERE m.ring = $1 ORDER BY m.machine",
        [ring],
      ]);
      return rows.map(({ machine, platform }) => ({
        machine,
        platform: platform ?? undefined,
        steps: steps.get(machine) ?? {},
      }));
    },
    // `kind <> 'session'` is redundant, but lets the database use the partial index.
    // Their times are exact, so they count from the very beginning of the exposure.
    async findings({ ring, version, since, countsFrom }) {
      const rows = await run<{ machine: string; event: string }>([
        "SELECT machine, event FROM events WHERE kind = 'security' AND kind <> 'session' " +
          "AND ring = $1 AND version = $2 AND at >= $3 ORDER BY at, machine, session, seq",
        [ring, version, Math.min(since, countsFrom)],
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
    async crashes(ring, version, from) {
      const rows = await run<Omit<CrashGroup, keyof Crash> & { readonly crash: string }>([
        `SELECT ${crash} AS crash, count(*) AS count, count(DISTINCT machine) AS computers FROM events ` +
          "WHERE kind = 'crash' AND kind <> 'session' AND ring = $1 AND version = $2 AND at >= $3 " +
          "GROUP BY 1 ORDER BY 2 DESC, 1",
        [ring, version, from],
      ]);
      return rows.map(({ crash: words, ...counts }) => {
        const [process, reason] = words.split(" ") as [Crash["process"], Crash["reason"]];
        return { process, reason, ...counts };
      });
    },
    async recentEvents(ring, version, most) {
      const rows = await run<{ machine: string; at: UnixMs; event: string }>([
        "SELECT machine, at, event FROM events WHERE kind <> 'session' " +
          "AND kind IN ('security', 'update', 'crash', 'feedback', 'problem') AND ring = $1 AND version = $2 " +
          `AND (kind <> 'update' OR ${step} = 'failed') ORDER BY at DESC, machine, session, seq DESC LIMIT $3`,
        [ring, version, most],
      ]);
      return rows.map(({ event, ...row }) => ({ ...row, event: JSON.parse(event) as NotableEvent["event"] }));
    },
  };
}

function dayIn(row: DayRow): ComputerDay {
  const [machine, day, features, firstAt, lastAt, surplus, memoryHighest] = row;
  const counts = { ...NO_COUNTS };
  for (const [index, name] of COUNTERS.entries()) counts[name] = row[FIRST_DAY_COLUMNS.length + index] as number;
  return { machine, day, surplus, memoryHighest, firstAt, lastAt, features: featuresOf(features), counts };
}

function countsIn(row: Counters): Counters {
  const counts = { ...NO_COUNTS };
  for (const name of COUNTERS) counts[name] = row[name];
  return counts;
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
