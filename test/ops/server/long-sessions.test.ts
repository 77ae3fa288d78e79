import { setTimeout as wait } from "node:timers/promises";
import { afterAll, beforeAll, describe, expect, it, onTestFinished } from "vitest";
import type { NormalizedEvent } from "../../../src-ops/gates/index.ts";
import { createWriteBatcher } from "../../../src-ops/server/ingest/write-batcher.ts";
import { createPool, type Query, queryOf } from "../../../src-ops/server/store/postgres-connection.ts";
import { openPostgresStore } from "../../../src-ops/server/store/postgres-store.ts";
import { openSqliteStore } from "../../../src-ops/server/store/sqlite-store.ts";
import { type PostgresServer, startPostgres } from "../../fakes/postgres-server.ts";
import { SINCE } from "../gates/facts.ts";
import { normalizedFinding, normalizedState, stateOf } from "../gates/normalized-events.ts";
import { storeEvents } from "./store-events.ts";

const STORED = 4_000;
const STATE = stateOf("0.2.0", []);
const state = (session: string, seq: number) => normalizedState({ session, seq, at: SINCE }, STATE);
const finding = (session: string, seq: number) => normalizedFinding({ session, seq, at: SINCE }, null);

type Session = {
  readonly name: string;
  readonly stored: (seq: number) => NormalizedEvent;
  readonly batch: readonly NormalizedEvent[];
};

/** Sessions with many stored events, and a batch that arrives after them. */
const SESSIONS: readonly Session[] = [
  {
    name: "states before and after thousands of stored ones",
    stored: (seq) => state("wide", seq * 2),
    batch: [state("wide", 1), state("wide", STORED * 2 + 1)],
  },
  {
    name: "an event whose version is in the first of thousands of states",
    stored: (seq) => state("states", seq),
    batch: [finding("states", STORED + 1)],
  },
];

/** The rows of `events` that all other connections have read so far. The database counts them when a connection ends. */
async function rowsRead(query: Query): Promise<number> {
  const OTHERS = "SELECT pid FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid()";
  while ((await query(OTHERS)).length > 0) await wait(20);
  const [row] = await query<{ n: number }>(
    "SELECT t.seq_tup_read + (SELECT sum(i.idx_tup_read) FROM pg_stat_user_indexes i WHERE i.relname = 'events')::int8 " +
      "AS n FROM pg_stat_user_tables t WHERE t.relname = 'events'",
  );
  return row?.n ?? 0;
}

async function opened(url: string) {
  const store = await openPostgresStore(url);
  if (!store.ok) throw new Error("the database is newer");
  return store.value;
}

describe(`a batch costs the same after ${STORED} events of its session`, () => {
  let postgres: PostgresServer;
  beforeAll(async () => void (postgres = await startPostgres()));
  afterAll(() => postgres.stop());

  it.each(SESSIONS)("in PostgreSQL: $name", async ({ stored, batch }) => {
    const url = await postgres.create();
    const filling = await opened(url);
    await storeEvents(
      filling,
      Array.from({ length: STORED }, (_, index) => stored(index + 1)),
    );
    await filling.close();
    const vacuuming = createPool(url);
    await vacuuming.query("VACUUM ANALYZE events");
    await vacuuming.end();
    const pool = createPool(url);
    onTestFinished(() => pool.end());
    const query = queryOf(pool);
    const before = await rowsRead(query);
    const store = await opened(url);
    await store.versionsOf(batch[0]?.machine ?? "", [batch[0]?.event.session ?? ""]);
    expect((await storeEvents(store, batch)).taken).toBe(batch.length);
    await store.close();
    expect((await rowsRead(query)) - before).toBeLessThan(50);
  });

  it.each(["PostgreSQL", "SQLite"])(
    "because a session has at most 500 events other than states, in %s",
    async (name) => {
      const store = name === "SQLite" ? openSqliteStore(":memory:") : await opened(await postgres.create());
      onTestFinished(store.close);
      const findings = Array.from({ length: 700 }, (_, index) => finding("others", index + 1));
      expect(await storeEvents(store, findings.slice(0, 300))).toEqual({ taken: 300, duplicates: 0, conflicting: 0 });
      expect(await storeEvents(store, findings)).toEqual({ taken: 200, duplicates: 300, conflicting: 200 });
      expect(await storeEvents(store, findings)).toEqual({ taken: 0, duplicates: 500, conflicting: 200 });
      const others = [state("others", 701), finding("another", 1)];
      expect(await storeEvents(store, others)).toEqual({ taken: 2, duplicates: 0, conflicting: 0 });
    },
  );
});

describe("a transaction of the ingest", () => {
  it("holds at most 1,000 events, so that no sender waits long for those of others", async () => {
    const store = openSqliteStore(":memory:");
    onTestFinished(store.close);
    const sizes: number[] = [];
    const batcher = createWriteBatcher(
      {
        takeAll: (batches, receivedAt) => {
          sizes.push(batches.flat().length);
          return store.takeAll(batches, receivedAt);
        },
      },
      () => SINCE,
    );
    const batches = Array.from({ length: 30 }, (_, batch) =>
      Array.from({ length: 200 }, (__, index) => state(`session ${batch}`, index + 1)),
    );
    const counts = await Promise.all(batches.map((batch) => batcher.write(batch)));
    expect(counts.every(({ taken }) => taken === 200)).toBe(true);
    expect(sizes).toEqual([1_000, 1_000, 1_000, 1_000, 1_000, 1_000]);
  });
});
