import type { DatabaseSync } from "node:sqlite";
import type { Ring } from "../../../src-shared/license/index.ts";
import {
  type AggregateReader,
  COUNTERS,
  type Counters,
  type Finding,
  type MachineFacts,
  type RunningRelease,
  SLOT_MS,
  type Steps,
  type Ticket,
  WINDOW_MS,
} from "../../gates/index.ts";
import type { RingStore, NotableEvent } from "./ring-store.ts";
import { DAY_MS, featuresOf } from "./sums.ts";
import { HOUR, type UnixMs } from "../../../src-shared/units.ts";

const HOUR_MS = HOUR * 1_000;

// Not `sum`: SQLite hands out no number that JavaScript cannot hold exactly, and one computer that lies must not keep
// the others from being judged.
const sumOf = (column: string) => `CAST(min(total(${column}), ${Number.MAX_SAFE_INTEGER}) AS INTEGER)`;

type Row = Readonly<Record<string, number | string | null>>;

/** Reads what a verdict is made of from the aggregates: it does not take longer the more events there are. */
export function createSqliteReader(
  database: DatabaseSync,
): Omit<AggregateReader, "reached"> & Pick<RingStore, "hours" | "recentEvents"> {
  const sums = COUNTERS.map((name) => `${sumOf(name)} AS ${name}`).join(", ");
  const totals = database.prepare(`SELECT ${sums} FROM slots WHERE ring = ? AND version = ? AND slot > ?`);
  const windows = database.prepare(
    `SELECT slot - slot % ? AS at, ${sumOf("attempts")} AS attempts, ${sumOf("attemptsFailed")} AS attemptsFailed FROM slots ` +
      "WHERE ring = ? AND version = ? AND slot > ? GROUP BY 1 ORDER BY 1",
  );
  const lastCrash = database.prepare(
    "SELECT max(slot) AS at FROM slots WHERE ring = ? AND version = ? AND slot > ? AND crashes > 0",
  );
  const machines = database.prepare(
    `SELECT m.machine, ${sumOf("operations")} AS operations, ${sumOf("failed")} AS failed, ` +
      "coalesce(max(memoryHighest), 0) AS memoryHighest, group_concat(DISTINCT features) AS features, max(lastAt) AS lastAt " +
      "FROM machines m LEFT JOIN machine_days d ON d.ring = m.ring AND d.version = ? AND d.machine = m.machine AND d.day > ? " +
      "WHERE m.ring = ? GROUP BY m.machine ORDER BY m.machine",
  );
  const steps = database.prepare("SELECT machine, step, at FROM steps WHERE build = ?");
  // `kind <> 'session'` says nothing new, but lets the partial index be used.
  const findings = database.prepare(
    "SELECT machine, event ->> '$.finding.what' AS what, event ->> '$.finding.artefact' AS artefact FROM events " +
      "WHERE kind = 'security' AND kind <> 'session' AND ring = ? AND version = ? AND at >= ? ORDER BY at, machine, session, seq",
  );
  // SQLite gives the other columns of the row that has the maximum: the last word of each computer counts.
  const scores = database.prepare(
    "SELECT machine, event ->> '$.feedback.score' AS score, max(at) FROM events WHERE kind = 'feedback' AND kind <> 'session' " +
      "AND ring = ? AND version = ? AND score IS NOT NULL GROUP BY machine ORDER BY machine",
  );
  const hours = database.prepare(
    `SELECT slot - slot % ? + ? AS at, ${sumOf("operations")} AS operations, ${sumOf("failed")} AS failed FROM slots ` +
      "WHERE ring = ? AND version = ? AND slot > ? GROUP BY 1 ORDER BY 1",
  );
  const told = database.prepare(
    "SELECT machine, at, event FROM events WHERE kind <> 'session' AND kind IN ('security', 'update', 'feedback', 'problem') " +
      "AND ring = ? AND version = ? AND (kind <> 'update' OR event ->> '$.update.step' = 'failed') " +
      "ORDER BY at DESC, machine, session, seq DESC LIMIT ?",
  );
  const tickets = database.prepare("SELECT openedAt, closedAt FROM tickets WHERE ring = ? ORDER BY openedAt, id");

  function stepsOf({ build }: RunningRelease): ReadonlyMap<string, Steps> {
    const found = new Map<string, Steps>();
    for (const { machine, step, at } of steps.all(build) as Row[]) {
      found.set(String(machine), { ...found.get(String(machine)), [String(step)]: Number(at) });
    }
    return found;
  }

  return {
    totals: async (ring: Ring, version: string, from: UnixMs) =>
      ({ ...totals.get(ring, version, from - SLOT_MS) }) as unknown as Counters,
    windows: async (ring, version, from) =>
      (windows.all(WINDOW_MS, ring, version, from - SLOT_MS) as Row[]).map(({ at, attempts, attemptsFailed }) => ({
        at: Number(at),
        attempts: Number(attempts),
        attemptsFailed: Number(attemptsFailed),
      })),
    async lastCrashAt(ring, version, from) {
      const at = lastCrash.get(ring, version, from - SLOT_MS)?.["at"] ?? null;
      return at === null ? undefined : Number(at);
    },
    async machines(release) {
      const way = stepsOf(release);
      const rows = machines.all(release.version, release.since - DAY_MS, release.ring) as Row[];
      return rows.map((row) => machineFacts(row, way));
    },
    findings: async ({ ring, version, since }) =>
      (findings.all(ring, version, since) as Row[]).map(({ machine, what, artefact }): Finding => ({
        machine: String(machine),
        what: what as Finding["what"],
        artefact: artefact === null ? null : String(artefact),
      })),
    scores: async ({ ring, version }) => (scores.all(ring, version) as Row[]).map(({ score }) => Number(score)),
    tickets: async (ring) =>
      (tickets.all(ring) as Row[]).map(({ openedAt, closedAt }): Ticket => ({
        openedAt: Number(openedAt),
        closedAt: closedAt === null ? undefined : Number(closedAt),
      })),
    recentEvents: async (ring, version, most) =>
      (told.all(ring, version, most) as Row[]).map(({ machine, at, event }) => ({
        machine: String(machine),
        at: Number(at),
        event: JSON.parse(String(event)) as NotableEvent["event"],
      })),
    hours: async (ring, version, from) =>
      (hours.all(HOUR_MS, HOUR_MS, ring, version, from) as Row[]).map(({ at, operations, failed }) => ({
        at: Number(at),
        operations: Number(operations),
        failed: Number(failed),
      })),
  };
}

function machineFacts(row: Row, way: ReadonlyMap<string, Steps>): MachineFacts {
  const mask = String(row["features"] ?? "0")
    .split(",")
    .reduce((all, part) => all | Number(part), 0);
  return {
    machine: String(row["machine"]),
    operations: Number(row["operations"]),
    failed: Number(row["failed"]),
    memoryHighest: Number(row["memoryHighest"]),
    features: featuresOf(mask),
    lastAt: row["lastAt"] === null ? undefined : Number(row["lastAt"]),
    steps: way.get(String(row["machine"])) ?? {},
  };
}
