import { type NormalizedEvent, type NormalizedState, insertState } from "../../gates/index.ts";
import type { OthersInSession, StoredKey } from "./admission.ts";
import type { Query } from "./postgres-connection.ts";
import type { AggregateChanges } from "./aggregate-changes.ts";
import type { TelemetryEvent } from "../../../src-shared/telemetry/index.ts";
import type { Ring } from "../../../src-shared/license/index.ts";
import type { UnixMs } from "../../../src-shared/units.ts";

// Each statement passes all rows at once as one JSON value, because the round trips to the database take most of the time.
const NAMES = 'machine text COLLATE "C", session text COLLATE "C"';
const KEY_COLUMNS = "e.machine, e.session, e.seq, e.id";
// `LATERAL ... LIMIT 1` looks up each row in an index. For a join the planner might read the whole table.
const storedEvent = (condition: string) =>
  `LATERAL (SELECT ${KEY_COLUMNS} FROM events e WHERE e.machine = w.machine AND ${condition} LIMIT 1) AS stored`;
const STORED_KEYS =
  `SELECT stored.* FROM json_to_recordset($1::json) AS w(${NAMES}, seq int8), ` +
  `${storedEvent("e.session = w.session AND e.seq = w.seq")} ` +
  `UNION SELECT stored.* FROM json_to_recordset($1::json) AS w(${NAMES}, id text COLLATE "C"), ` +
  storedEvent("e.id = w.id");
const OTHERS =
  `SELECT w.machine, w.session, c.others FROM json_to_recordset($1::json) AS w(${NAMES}), LATERAL (SELECT count(*) AS others ` +
  "FROM events e WHERE e.machine = w.machine AND e.session = w.session AND e.kind <> 'session') AS c";
const INSERT =
  "INSERT INTO events SELECT machine, session, seq, id, kind, ring, version, at, $2::int8, event, what, score " +
  "FROM json_to_recordset($1::json) AS w(machine text, session text, seq int8, id text, kind text, ring text, " +
  "version text, at int8, event text, what text, score int4)";
const STATE = "SELECT e.machine, e.ring, e.version, e.at, e.event FROM events e";
const IN_SESSION = "WHERE e.machine = w.machine AND e.session = w.session AND e.kind = 'session' AND";
const NEIGHBOURS =
  `SELECT DISTINCT n.* FROM json_to_recordset($1::json) AS w(${NAMES}, low int8, high int8), LATERAL (` +
  `(${STATE} ${IN_SESSION} e.seq < w.low ORDER BY e.seq DESC LIMIT 1) UNION ALL ` +
  `(${STATE} ${IN_SESSION} e.seq > w.high ORDER BY e.seq LIMIT 1)) AS n`;
const VERSIONS =
  "SELECT w.session, v.version FROM unnest($2::text[]) AS w(session), LATERAL (SELECT e.version FROM events e " +
  "WHERE e.machine = $1 AND e.session = w.session AND e.kind = 'session' ORDER BY e.seq LIMIT 1) AS v";
const STEPS =
  "INSERT INTO steps SELECT machine, build, step, min(at) FROM json_to_recordset($1::json) " +
  "AS w(machine text, build text, step text, at int8) GROUP BY 1, 2, 3 " +
  "ON CONFLICT (machine, build, step) DO UPDATE SET at = least(steps.at, excluded.at)";
const TICKETS =
  'INSERT INTO tickets SELECT id, ring, "openedAt", NULL FROM json_to_recordset($1::json) ' +
  'AS w(id text, ring text, "openedAt" int8) ON CONFLICT DO NOTHING';

const PLATFORMS =
  "INSERT INTO platforms SELECT machine, platform FROM json_to_recordset($1::json) AS w(machine text, platform text) " +
  "ON CONFLICT (machine) DO UPDATE SET platform = excluded.platform WHERE platforms.platform <> excluded.platform";

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

/** How many events other than states the sessions of these events have, where the events contain one. */
export async function othersInSessions(query: Query, events: readonly NormalizedEvent[]): Promise<OthersInSession[]> {
  const others = events.filter(({ event }) => event.kind !== "session");
  const sessions = new Map(
    others.map(({ machine, event: { session } }) => [`${machine} ${session}`, { machine, session }]),
  );
  if (sessions.size === 0) return [];
  return query<OthersInSession>(OTHERS, [JSON.stringify([...sessions.values()])], "others");
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
function queriedColumns(event: TelemetryEvent): { what?: string; score?: number | null } {
  switch (event.kind) {
    case "update":
      return { what: event.update.step };
    case "crash":
      return { what: `${event.crash.process} ${event.crash.reason}` };
    case "feedback":
      return { score: event.feedback.score };
    default:
      return {};
  }
}

/** The version in the first stored state of each session, where there is one. */
export async function versionsIn(
  query: Query,
  machine: string,
  sessions: readonly string[],
): Promise<ReadonlyMap<string, string>> {
  if (sessions.length === 0) return new Map();
  const rows = await query<{ session: string; version: string }>(VERSIONS, [machine, sessions], "versions");
  return new Map(rows.map(({ session, version }) => [session, version]));
}

/**
 * Adds the changes from new states. Each state is compared with the states before and after it in its session. Of the stored
 * ones only the neighbours of the new ones are read, so that the work does not grow with the session.
 */
export async function addStates(
  query: Query,
  fresh: readonly NormalizedEvent[],
  changes: AggregateChanges,
): Promise<void> {
  const states = fresh.flatMap((normalized): NormalizedState[] => {
    const { event } = normalized;
    return event.kind === "session" ? [{ ...normalized, event }] : [];
  });
  const runs = sessionsOf(states).flatMap(consecutiveRuns);
  if (runs.length === 0) return;
  const rows = await query<StateRow>(NEIGHBOURS, [JSON.stringify(runs)], "neighbours");
  const isFresh = new Set(states);
  for (const session of sessionsOf([...rows.map(stateOf), ...states])) {
    for (const part of insertStates(session, isFresh)) changes.add(part);
  }
}

/** The states of each session, in their order. */
function sessionsOf(states: readonly NormalizedState[]): NormalizedState[][] {
  const sessions = Map.groupBy(states, keyOf);
  return [...sessions.values()].map((session) => session.toSorted((a, b) => a.event.seq - b.event.seq));
}

type Run = { readonly machine: string; readonly session: string; readonly low: number; high: number };

/** No stored state can be between two states with consecutive numbers, so only the ends of each run have neighbours. */
function consecutiveRuns(states: readonly NormalizedState[]): Run[] {
  const runs: Run[] = [];
  for (const { machine, event } of states) {
    const run = runs.at(-1);
    if (run && run.high + 1 === event.seq) run.high = event.seq;
    else runs.push({ machine, session: event.session, low: event.seq, high: event.seq });
  }
  return runs;
}

/** What changes when the new states of a session are inserted one after the other, in their order. */
function* insertStates(session: readonly NormalizedState[], isFresh: ReadonlySet<NormalizedState>) {
  let nextStored: NormalizedState | undefined;
  for (let index = session.length - 1; index >= 0; index--) {
    const state = session[index] as NormalizedState;
    if (isFresh.has(state)) yield* insertState(session[index - 1], state, nextStored);
    else nextStored = state;
  }
}

/** Stores the rows of other tables that come from events: update steps, and the tickets of problems. */
export async function storeStepsAndTickets(
  query: Query,
  events: readonly Omit<NormalizedEvent, "platform">[],
): Promise<void> {
  const steps = events.flatMap(({ machine, at, event }) =>
    event.kind === "update" ? [{ machine, build: event.update.build, step: event.update.step, at }] : [],
  );
  const tickets = events.flatMap(({ ring, at, event }) =>
    event.kind === "problem" ? [{ id: event.problem.ticket, ring, openedAt: at }] : [],
  );
  if (steps.length > 0) await query(STEPS, [JSON.stringify(steps)], "store-steps");
  if (tickets.length > 0) await query(TICKETS, [JSON.stringify(tickets)], "open-tickets");
}

/** Stores the operating system and processor of each computer that sent these events. */
export async function storePlatforms(query: Query, events: readonly NormalizedEvent[]): Promise<void> {
  const platforms = new Map(events.map(({ machine, platform }) => [machine, platform]));
  const rows = [...platforms].map(([machine, platform]) => ({ machine, platform }));
  await query(PLATFORMS, [JSON.stringify(rows)], "store-platforms");
}
