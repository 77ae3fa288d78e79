import {
  type AggregateReader,
  type AvailabilityWindow,
  type Counters,
  type Finding,
  type Steps,
  COUNTERS,
  SLOT_MS,
  WINDOW_MS,
} from "../../gates/index.ts";
import type { Query } from "./postgres-connection.ts";
import type { HourlyCounts, RingStore, NotableEvent } from "./ring-store.ts";
import { DAY_MS, featuresOf } from "./sums.ts";
import { HOUR, type UnixMs } from "../../../src-shared/units.ts";

const HOUR_MS = HOUR * 1_000;
const SUMS = COUNTERS.map((name) => `coalesce(sum("${name}"), 0)::int8 AS "${name}"`).join(", ");
const OF_RELEASE = "FROM slots WHERE ring = $1 AND version = $2 AND slot > $3";

type MachineRow = {
  readonly machine: string;
  readonly operations: number;
  readonly failed: number;
  readonly memoryHighest: number;
  readonly features: number;
  readonly lastAt: UnixMs | null;
};

/** Reads what a verdict is made of from the aggregates: it does not take longer the more events there are. */
export function createPostgresReader(
  query: Query,
): Omit<AggregateReader, "reached"> & Pick<RingStore, "hours" | "recentEvents"> {
  async function stepsTo(build: string): Promise<ReadonlyMap<string, Steps>> {
    const found = new Map<string, Steps>();
    const rows = await query<{ machine: string; step: keyof Steps; at: UnixMs }>(
      "SELECT machine, step, at FROM steps WHERE build = $1",
      [build],
    );
    for (const { machine, step, at } of rows) found.set(machine, { ...found.get(machine), [step]: at });
    return found;
  }

  return {
    async totals(ring, version, from) {
      const [row] = await query<Counters>(`SELECT ${SUMS} ${OF_RELEASE}`, [ring, version, from - SLOT_MS]);
      return row as Counters;
    },
    windows: (ring, version, from) =>
      query<AvailabilityWindow>(
        'SELECT slot - slot % $4 AS at, sum(attempts)::int8 AS attempts, sum("attemptsFailed")::int8 AS "attemptsFailed" ' +
          `${OF_RELEASE} GROUP BY 1 ORDER BY 1`,
        [ring, version, from - SLOT_MS, WINDOW_MS],
      ),
    async lastCrashAt(ring, version, from) {
      const [row] = await query<{ at: UnixMs | null }>(`SELECT max(slot) AS at ${OF_RELEASE} AND crashes > 0`, [
        ring,
        version,
        from - SLOT_MS,
      ]);
      return row?.at ?? undefined;
    },
    async machines({ ring, version, since, build }) {
      const way = await stepsTo(build);
      const rows = await query<MachineRow>(
        "SELECT m.machine, coalesce(sum(operations), 0)::int8 AS operations, coalesce(sum(failed), 0)::int8 AS failed, " +
          'coalesce(max("memoryHighest"), 0) AS "memoryHighest", coalesce(bit_or(features), 0) AS features, ' +
          'max("lastAt") AS "lastAt" FROM machines m LEFT JOIN machine_days d ' +
          "ON d.ring = m.ring AND d.version = $2 AND d.machine = m.machine AND d.day > $3 " +
          "WHERE m.ring = $1 GROUP BY m.machine ORDER BY m.machine",
        [ring, version, since - DAY_MS],
      );
      return rows.map(({ features, lastAt, ...row }) => ({
        ...row,
        features: featuresOf(features),
        lastAt: lastAt ?? undefined,
        steps: way.get(row.machine) ?? {},
      }));
    },
    findings: ({ ring, version, since }) =>
      query<Finding>(
        "SELECT machine, what, artefact FROM events WHERE kind = 'security' AND kind <> 'session' " +
          "AND ring = $1 AND version = $2 AND at >= $3 ORDER BY at, machine, session, seq",
        [ring, version, since],
      ),
    async scores({ ring, version }) {
      const rows = await query<{ score: number }>(
        "SELECT DISTINCT ON (machine) score FROM events WHERE kind = 'feedback' AND kind <> 'session' " +
          "AND ring = $1 AND version = $2 AND score IS NOT NULL ORDER BY machine, at DESC, received DESC",
        [ring, version],
      );
      return rows.map(({ score }) => score);
    },
    async tickets(ring) {
      const rows = await query<{ openedAt: UnixMs; closedAt: UnixMs | null }>(
        'SELECT "openedAt", "closedAt" FROM tickets WHERE ring = $1 ORDER BY "openedAt", id',
        [ring],
      );
      return rows.map(({ openedAt, closedAt }) => ({ openedAt, closedAt: closedAt ?? undefined }));
    },
    async recentEvents(ring, version, most) {
      const rows = await query<{ machine: string; at: UnixMs; event: string }>(
        "SELECT machine, at, event FROM events WHERE kind <> 'session' " +
          "AND kind IN ('security', 'update', 'feedback', 'problem') AND ring = $1 AND version = $2 " +
          "AND (kind <> 'update' OR what = 'failed') ORDER BY at DESC, machine, session, seq DESC LIMIT $3",
        [ring, version, most],
      );
      return rows.map(({ event, ...row }) => ({ ...row, event: JSON.parse(event) as NotableEvent["event"] }));
    },
    hours: (ring, version, from) =>
      query<HourlyCounts>(
        "SELECT slot - slot % $4 + $4 AS at, sum(operations)::int8 AS operations, sum(failed)::int8 AS failed " +
          `${OF_RELEASE} GROUP BY 1 ORDER BY 1`,
        [ring, version, from, HOUR_MS],
      ),
  };
}
