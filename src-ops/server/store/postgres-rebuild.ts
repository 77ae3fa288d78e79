import { type Contribution, insertState, type NormalizedState } from "../../gates/index.ts";
import type { Query } from "./postgres-connection.ts";
import { storeStepsAndTickets, type StateRow, stateOf } from "./postgres-events.ts";
import { CLEARED, erasureOf } from "./erasure.ts";
import { writeAggregates } from "./postgres-aggregate-writer.ts";
import { createAggregateChanges } from "./aggregate-changes.ts";
import type { TelemetryEvent } from "../../../src-shared/telemetry/index.ts";
import type { UnixMs } from "../../../src-shared/units.ts";

// The number of rows in memory at a time.
const PAGE = 5_000;

/** Recomputes the aggregates from the events, in a transaction during which no event is stored. */
export async function rebuildWithin(query: Query): Promise<{ readonly events: number }> {
  for (const statement of CLEARED) await query(...statement);
  const changes = createAggregateChanges();
  for await (const part of contributions(query)) changes.add(part);
  await writeAggregates(query, changes);
  const updates = await query<StateRow>(
    "SELECT machine, ring, version, at, event FROM events WHERE kind = 'update' AND kind <> 'session'",
  );
  await storeStepsAndTickets(
    query,
    updates.map(({ event, ...row }) => ({ ...row, event: JSON.parse(event) as TelemetryEvent })),
  );
  const [row] = await query<{ events: number }>("SELECT count(*) AS events FROM events");
  return { events: row?.events ?? 0 };
}

/** Erases a computer's data in such a transaction. Does nothing if the same or a newer request was fulfilled before. */
export async function eraseWithin(
  query: Query,
  machine: string,
  askedAt: UnixMs,
): Promise<{ readonly events: number }> {
  const noted = await query(
    "INSERT INTO erasures VALUES ($1, $2) ON CONFLICT (machine) DO UPDATE SET at = excluded.at " +
      "WHERE excluded.at > erasures.at RETURNING machine",
    [machine, askedAt],
  );
  if (noted.length === 0) return { events: 0 };
  for (const statement of erasureOf(machine, "least", "greatest")) await query(...statement);
  const [row] = await query<{ events: number }>(
    "WITH gone AS (DELETE FROM events WHERE machine = $1 RETURNING 1) SELECT count(*) AS events FROM gone",
    [machine],
  );
  return { events: row?.events ?? 0 };
}

/** What the states of all computers contribute to the aggregates. */
async function* contributions(query: Query): AsyncIterable<Contribution> {
  await query(
    "DECLARE states NO SCROLL CURSOR FOR SELECT machine, ring, version, at, event FROM events " +
      "WHERE kind = 'session' ORDER BY machine, session, seq",
  );
  let last: NormalizedState | undefined;
  for (;;) {
    const rows = await query<StateRow>(`FETCH ${PAGE} FROM states`);
    for (const state of rows.map(stateOf)) {
      const isSame = last?.machine === state.machine && last.event.session === state.event.session;
      yield* insertState(isSame ? last : undefined, state, undefined);
      last = state;
    }
    if (rows.length < PAGE) break;
  }
  await query("CLOSE states");
}
