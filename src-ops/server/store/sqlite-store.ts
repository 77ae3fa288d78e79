import type { DatabaseSync, SQLInputValue } from "node:sqlite";
import {
  type Contribution,
  insertState,
  type NormalizedEvent,
  type NormalizedState,
  type StoreCounts,
} from "../../gates/index.ts";
import { MAX_OTHERS } from "./admission.ts";
import { createAggregateReader } from "./aggregate-reader.ts";
import { SQLITE } from "./dialects.ts";
import { CLEARED, erasureOf } from "./erasure.ts";
import type { RingStore } from "./ring-store.ts";
import { createRepositories } from "./repositories.ts";
import { openDatabase } from "./sqlite-schema.ts";
import { inTransaction, runWithin, sqliteArrays, sqliteStatements } from "./sqlite-statements.ts";
import { createAggregateWriter } from "./sqlite-aggregate-writer.ts";
import { createAggregateChanges } from "./aggregate-changes.ts";
import type { TelemetryEvent } from "../../../src-shared/telemetry/index.ts";
import type { Ring } from "../../../src-shared/license/index.ts";
import type { UnixMs } from "../../../src-shared/units.ts";

/** The store of a single server, in a file. */
export type SqliteStore = RingStore & { readonly database: DatabaseSync };

/** Read as an array: a rebuild reads all events, and half of the time went into objects. */
type StoredRow = readonly [machine: string, ring: Ring, version: string, at: UnixMs, event: string];

export function openSqliteStore(path: string): SqliteStore {
  const database = openDatabase(path);
  const run = sqliteStatements(database);
  const changes = createAggregateChanges();
  const aggregates = createAggregateWriter(database);
  // The last state of each session in this transaction. It saves queries, because a batch has its states in order.
  const tails = new Map<string, NormalizedState>();
  const insert = database.prepare("INSERT INTO events VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?) ON CONFLICT DO NOTHING");
  const storedId = database.prepare("SELECT id FROM events WHERE machine = ? AND session = ? AND seq = ?");
  const STATES =
    "SELECT machine, ring, version, at, event FROM events WHERE machine = ? AND session = ? AND kind = 'session'";
  const before = database.prepare(`${STATES} AND seq < ? ORDER BY seq DESC LIMIT 1`);
  const after = database.prepare(`${STATES} AND seq > ? ORDER BY seq LIMIT 1`);
  const version = database.prepare(
    "SELECT version FROM events WHERE machine = ? AND session = ? AND kind = 'session' LIMIT 1",
  );
  // SQLite would choose the primary key, and read all states of the session.
  const othersInSession = database.prepare(
    "SELECT count(*) AS n FROM events INDEXED BY others_of_session WHERE machine = ? AND session = ? AND kind <> 'session'",
  );
  const openTicket = database.prepare("INSERT INTO tickets VALUES (?, ?, ?, NULL) ON CONFLICT DO NOTHING");
  const noteErasure = database.prepare(
    "INSERT INTO erasures VALUES (?, ?) ON CONFLICT DO UPDATE SET at = excluded.at WHERE excluded.at > at",
  );
  const noteStep = database.prepare(
    "INSERT INTO steps VALUES (?, ?, ?, ?) ON CONFLICT DO UPDATE SET at = min(at, excluded.at)",
  );
  const notePlatform = database.prepare(
    "INSERT INTO platforms VALUES (?, ?) ON CONFLICT DO UPDATE SET platform = excluded.platform " +
      "WHERE platform <> excluded.platform",
  );
  const states = database.prepare(
    "SELECT machine, ring, version, at, event FROM events WHERE kind = 'session' ORDER BY machine, session, seq",
  );
  const updates = database.prepare(
    "SELECT machine, ring, version, at, event FROM events WHERE kind = 'update' AND kind <> 'session'",
  );
  for (const statement of [before, after, states, updates]) statement.setReturnArrays(true);

  function storeOne(normalized: NormalizedEvent, receivedAt: UnixMs): keyof StoreCounts {
    const { machine, ring, version: of, at, event } = normalized;
    const { session, seq, id, kind } = event;
    const row = [machine, session, seq, id, kind, ring, of, at, receivedAt, JSON.stringify(event)];
    const isFull = kind !== "session" && Number(othersInSession.get(machine, session)?.["n"]) >= MAX_OTHERS;
    if (isFull || insert.run(...(row as SQLInputValue[])).changes === 0) {
      return storedId.get(machine, session, seq)?.["id"] === id ? "duplicates" : "conflicting";
    }
    if (event.kind === "session") storeState({ ...normalized, event });
    if (event.kind === "problem") openTicket.run(event.problem.ticket, ring, at);
    if (event.kind === "update") noteStep.run(machine, event.update.build, event.update.step, at);
    return "taken";
  }

  function storeState(state: NormalizedState): void {
    const { machine, event } = state;
    const key = `${machine} ${event.session}`;
    const tail = tails.get(key);
    if (tail && tail.event.seq < event.seq) {
      for (const part of insertState(tail, state, undefined)) changes.add(part);
      tails.set(key, state);
      return;
    }
    const neighbours = [before, after].map((query) => query.get(machine, event.session, event.seq));
    const [earlier, later] = neighbours.map((row) => row && stateOf(row as unknown as StoredRow));
    for (const part of insertState(earlier, state, later)) changes.add(part);
    if (!later) tails.set(key, state);
  }

  function takeAll(batches: readonly (readonly NormalizedEvent[])[], receivedAt: UnixMs): readonly StoreCounts[] {
    changes.clear();
    tails.clear();
    return inTransaction(database, () => {
      const counts = batches.map((events) => {
        const ofBatch = { taken: 0, duplicates: 0, conflicting: 0 };
        for (const event of events) ofBatch[storeOne(event, receivedAt)]++;
        const platforms = new Map(events.map(({ machine, platform }) => [machine, platform]));
        for (const pair of platforms) notePlatform.run(...pair);
        return ofBatch;
      });
      aggregates.write(changes);
      return counts;
    });
  }

  function* contributions(): Iterable<Contribution> {
    let last: NormalizedState | undefined;
    for (const row of states.iterate() as Iterable<unknown> as Iterable<StoredRow>) {
      const state = stateOf(row);
      const isSame = last?.machine === state.machine && last.event.session === state.event.session;
      yield* insertState(isSame ? last : undefined, state, undefined);
      last = state;
    }
  }

  function rebuild(): { readonly events: number } {
    return inTransaction(database, () => {
      runWithin(database, CLEARED);
      changes.clear();
      for (const part of contributions()) changes.add(part);
      aggregates.write(changes, true);
      for (const [machine, , , at, event] of updates.iterate() as Iterable<unknown> as Iterable<StoredRow>) {
        const { update } = JSON.parse(event) as Extract<TelemetryEvent, { kind: "update" }>;
        noteStep.run(machine, update.build, update.step, at);
      }
      return { events: Number(database.prepare("SELECT count(*) AS n FROM events").get()?.["n"]) };
    });
  }

  function erase(machine: string, askedAt: UnixMs): { readonly events: number } {
    return inTransaction(database, () => {
      if (noteErasure.run(machine, askedAt).changes === 0) return { events: 0 };
      runWithin(database, erasureOf(machine, "min", "max"));
      return { events: Number(database.prepare("DELETE FROM events WHERE machine = ?").run(machine).changes) };
    });
  }

  return {
    ...createAggregateReader(run, sqliteArrays(database), SQLITE),
    ...createRepositories(run),
    takeAll: async (batches, receivedAt) => takeAll(batches, receivedAt),
    async versionsOf(machine, sessions) {
      const found = sessions.map((session) => [session, version.get(machine, session)?.["version"]]);
      return new Map(found.filter((pair): pair is [string, string] => pair[1] !== undefined));
    },
    erase: async (machine, askedAt) => erase(machine, askedAt),
    rebuild: async () => rebuild(),
    // One server uses the file: it always leads.
    leadership: { isOurs: async () => true, requestEvaluation: async () => {}, onRequest: () => {} },
    database,
    close: async () => database.close(),
  };
}

function stateOf([machine, ring, version, at, event]: StoredRow): NormalizedState {
  return { machine, ring, version, at, event: JSON.parse(event) as NormalizedState["event"] };
}
