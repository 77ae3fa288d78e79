import { type NormalizedEvent, type NormalizedState, insertIntoSession } from "../../gates/index.ts";
import type { StoredKey } from "./admission.ts";
import type { Query } from "./postgres-connection.ts";
import type { AggregateChanges } from "./aggregate-changes.ts";
import type { TelemetryEvent } from "../../../src-shared/telemetry/index.ts";
import type { Ring } from "../../../src-shared/license/index.ts";
import type { UnixMs } from "../../../src-shared/units.ts";

// Each statement passes all rows at once as one JSON value, because the round trips to the database take most of the time.
const NAMES = 'machine text COLLATE "C", session text COLLATE "C"';
const KEY_COLUMNS = "e.machine, e.session, e.seq, e.id";
const STORED_KEYS =
  `SELECT ${KEY_COLUMNS} FROM json_to_recordset($1::json) AS w(${NAMES}, seq int8) ` +
  "JOIN events e ON e.machine = w.machine AND e.session = w.session AND e.seq = w.seq " +
  `UNION SELECT ${KEY_COLUMNS} FROM json_to_recordset($1::json) AS w(${NAMES}, id text COLLATE "C") ` +
  "JOIN events e ON e.machine = w.machine AND e.id = w.id";
const INSERT =
  "INSERT INTO events SELECT machine, session, seq, id, kind, ring, version, at, $2::int8, event, what, artefact, score " +
  "FROM json_to_recordset($1::json) AS w(machine text, session text, seq int8, id text, kind text, ring text, " +
  "version text, at int8, event text, what text, artefact text, score int4)";
const STATE = "SELECT e.machine, e.ring, e.version, e.at, e.event FROM events e";
const IN_SESSION = "WHERE e.machine = w.machine AND e.session = w.session AND e.kind = 'session' AND";
const NEIGHBOURS =
  `SELECT n.* FROM json_to_recordset($1::json) AS w(${NAMES}, low int8, high int8), LATERAL (` +
  `(${STATE} ${IN_SESSION} e.seq < w.low ORDER BY e.seq DESC LIMIT 1) UNION ALL ` +
  `(${STATE} ${IN_SESSION} e.seq BETWEEN w.low AND w.high ORDER BY e.seq) UNION ALL ` +
  `(${STATE} ${IN_SESSION} e.seq > w.high ORDER BY e.seq LIMIT 1)) AS n`;
const STEPS =
  "INSERT INTO steps SELECT machine, build, step, min(at) FROM json_to_recordset($1::json) " +
  "AS w(machine text, build text, step text, at int8) GROUP BY 1, 2, 3 " +
  "ON CONFLICT (machine, build, step) DO UPDATE SET at = least(steps.at, excluded.at)";
const TICKETS =
  'INSERT INTO tickets SELECT id, ring, "openedAt", NULL FROM json_to_recordset($1::json) ' +
  'AS w(id text, ring text, "openedAt" int8) ON CONFLICT DO NOTHING';

export type StateRow = {
  readonly machine: string;
  readonly ring: Ring;
  readonly version: string;
  readonly at: UnixMs;
  readonly event: string;
};

export const stateOf = ({ event, ...row }: StateRow): NormalizedState => ({
  ...row,
  event: JSON.parse(event) as NormalizedState["event"],
});

/** The stored events that have the key or the id of one of these. */
export function findStoredKeys(query: Query, events: readonly NormalizedEvent[]): Promise<StoredKey[]> {
  const wanted = events.map(({ machine, event: { session, seq, id } }) => ({ machine, session, seq, id }));
  return query<StoredKey>(STORED_KEYS, [JSON.stringify(wanted)], "stored-keys");
}

export async function insertEvents(query: Query, fresh: readonly NormalizedEvent[], receivedAt: UnixMs): Promise<void> {
  const rows = fresh.map(({ machine, ring, version, at, event }) => {
    const { session, seq, id, kind } = event;
    const row = { machine, session, seq, id, kind, ring, version, at, event: JSON.stringify(event) };
    return { ...row, ...queriedColumns(event) };
  });
  await query(INSERT, [JSON.stringify(rows), receivedAt], "insert-events");
}

const keyOf = ({ machine, event }: NormalizedState) => `${machine} ${event.session}`;

// Members that queries use have their own columns, so that no query parses the JSON of an event, which a client wrote.
function queriedColumns(event: TelemetryEvent): { what?: string; artefact?: string | null; score?: number | null } {
  switch (event.kind) {
    case "security":
      return { what: event.finding.what, artefact: event.finding.artefact };
    case "update":
      return { what: event.update.step };
    case "feedback":
      return { score: event.feedback.score };
    default:
      return {};
  }
}

/** Adds the changes from new states. Each state is compared with the stored states before and after it in its session. */
export async function addStates(
  query: Query,
  fresh: readonly NormalizedEvent[],
  changes: AggregateChanges,
): Promise<void> {
  const states = fresh.filter((normalized): normalized is NormalizedState => normalized.event.kind === "session");
  const sessions = new Map<string, NormalizedState[]>();
  const ranges = new Map<string, { machine: string; session: string; low: number; high: number }>();
  for (const state of states) {
    const { session, seq } = state.event;
    const { low, high } = ranges.get(keyOf(state)) ?? { low: seq, high: seq };
    const range = { machine: state.machine, session, low: Math.min(low, seq), high: Math.max(high, seq) };
    ranges.set(keyOf(state), range);
  }
  if (ranges.size === 0) return;
  const rows = await query<StateRow>(NEIGHBOURS, [JSON.stringify([...ranges.values()])], "neighbours");
  for (const state of [...rows.map(stateOf), ...states]) sessions.set(keyOf(state), []);
  for (const state of rows.map(stateOf)) insertIntoSession(sessions.get(keyOf(state)) as NormalizedState[], state);
  for (const state of states) {
    for (const part of insertIntoSession(sessions.get(keyOf(state)) as NormalizedState[], state)) changes.add(part);
  }
}

/** Stores the rows of other tables that come from events: update steps, and the tickets of problems. */
export async function storeStepsAndTickets(query: Query, events: readonly NormalizedEvent[]): Promise<void> {
  const steps = events.flatMap(({ machine, at, event }) =>
    event.kind === "update" ? [{ machine, build: event.update.build, step: event.update.step, at }] : [],
  );
  const tickets = events.flatMap(({ ring, at, event }) =>
    event.kind === "problem" ? [{ id: event.problem.ticket, ring, openedAt: at }] : [],
  );
  if (steps.length > 0) await query(STEPS, [JSON.stringify(steps)], "store-steps");
  if (tickets.length > 0) await query(TICKETS, [JSON.stringify(tickets)], "open-tickets");
}
