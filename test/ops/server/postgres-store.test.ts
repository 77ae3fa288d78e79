import { join } from "node:path";
import { Client } from "pg";
import { afterAll, beforeAll, describe, expect, it, onTestFinished } from "vitest";
import { auditDecisions, logDecision } from "../../../src-ops/server/decisions/decision-log.ts";
import { createPool, LOCKS } from "../../../src-ops/server/store/postgres-connection.ts";
import { storageProblemOf } from "../../../src-ops/server/store/storage-problem.ts";
import { openPostgresStore } from "../../../src-ops/server/store/postgres-store.ts";
import type { RingStore } from "../../../src-ops/server/store/ring-store.ts";
import { type PostgresServer, startPostgres } from "../../fakes/postgres-server.ts";
import { temporaryFolder } from "../../fakes/temporary-folder.ts";
import { SINCE } from "../gates/facts.ts";
import { normalizedState, RELEASE, stateOf } from "../gates/normalized-events.ts";
import { ringStoreContract } from "./ring-store-contract.ts";
import { storeEvents } from "./store-events.ts";

let server: PostgresServer;
beforeAll(async () => void (server = await startPostgres()));
afterAll(() => server.stop());

async function opened(url: string): Promise<RingStore> {
  const store = await openPostgresStore(url);
  if (!store.ok) throw new Error(`the database is of version ${store.error.newer}`);
  return store.value;
}

async function ask(url: string, sql: string): Promise<unknown[]> {
  const client = new Client(url);
  await client.connect();
  const answer = await client.query(sql);
  await client.end();
  return answer.rows as unknown[];
}

// Creating a database takes longer than most of the tests, so each database is emptied and reused.
const empty: string[] = [];
const EMPTY = `DO $$ BEGIN EXECUTE (SELECT 'TRUNCATE ' || string_agg(quote_ident(tablename), ', ')
  FROM pg_tables WHERE schemaname = 'public' AND tablename <> 'ring_schema'); END $$`;

ringStoreContract(
  "a store in PostgreSQL",
  async () => {
    const url = empty.pop() ?? (await server.create());
    const store = await opened(url);
    await ask(url, EMPTY);
    let refusals = 0;
    const close = async () => {
      await store.close();
      if (refusals === 0) empty.push(url);
    };
    const exec = async (sql: string) => void (await ask(url, sql));
    return {
      store: { ...store, close },
      exec,
      async refuse({ table, column, value }) {
        const which = column === undefined ? "false" : `${column} <> '${value}'`;
        await exec(`ALTER TABLE ${table} ADD CONSTRAINT refused CHECK (${which}) NOT VALID`);
        refusals++;
        return async () => {
          await exec(`ALTER TABLE ${table} DROP CONSTRAINT refused`);
          refusals--;
        };
      },
    };
  },
  { stories: 3 },
);

const failures = (count: number) =>
  Array.from({ length: count }, () => ({ kind: "operation", operation: "play", succeeded: false }) as const);
const stateAt = (seq: number, session = "more") =>
  normalizedState({ session, seq, at: SINCE }, stateOf("0.2.0", failures(seq)));

describe("a store in PostgreSQL", () => {
  async function shared() {
    const url = await server.create();
    // Both open the empty database at the same time.
    const stores = (await Promise.all([opened(url), opened(url)])) as [RingStore, RingStore];
    onTestFinished(async () => void (await Promise.all(stores.map((store) => store.close()))));
    return { url, stores };
  }

  it("is migrated once by servers that start together, and refused unchanged if it is newer", async () => {
    const { url } = await shared();
    expect(await ask(url, "SELECT * FROM ring_schema")).toEqual([{ version: 7 }]);
    await ask(url, "UPDATE ring_schema SET version = 99");
    expect(await openPostgresStore(url)).toEqual({ ok: false, error: { newer: 99 } });
  });

  it("stores an event once, whichever servers send it, and combines the states of one session from all servers", async () => {
    const { stores } = await shared();
    const states = Array.from({ length: 30 }, (_, index) => stateAt(index + 1));
    const counts = await Promise.all(
      [...states, ...states.toReversed()].map((state, index) => storeEvents(stores[index % 2] as RingStore, [state])),
    );
    expect(counts.filter((one) => one.taken === 1)).toHaveLength(30);
    expect(counts.filter((one) => one.duplicates === 1)).toHaveLength(30);
    for (const store of stores) expect((await store.totals("ring0", "0.2.0", SINCE)).failed).toBe(30);
  });

  it("has one decision log, whichever server writes", async () => {
    const { stores } = await shared();
    const next = (last: { n: number } | undefined) => ({ n: (last?.n ?? -1) + 1, line: "x" });
    await Promise.all(
      Array.from({ length: 20 }, (_, index) => (stores[index % 2] as RingStore).decisions.append(next)),
    );
    expect((await stores[0].decisions.all()).map(({ n }) => n)).toEqual(Array.from({ length: 20 }, (_, n) => n));
  });

  it("stores nothing of a failed transaction", async () => {
    const { url, stores } = await shared();
    const [store] = stores;
    const failed = async () => (await store.totals("ring0", "0.2.0", SINCE)).failed;
    await ask(url, "ALTER TABLE slots ADD CONSTRAINT never CHECK (failed < 0)");
    await expect(storeEvents(store, [stateAt(1)])).rejects.toThrow("never");
    await ask(url, "ALTER TABLE slots DROP CONSTRAINT never");
    expect([await failed(), await ask(url, "SELECT id FROM events")]).toEqual([0, []]);
    expect(await storeEvents(store, [stateAt(2), stateAt(1)])).toMatchObject({ taken: 2 });
    expect(await failed()).toBe(2);
  });

  it("commits to disk even if the database is set to respond earlier", async () => {
    const url = await server.create();
    await ask(
      url,
      "DO $$ BEGIN EXECUTE format('ALTER DATABASE %I SET synchronous_commit = off', current_database()); END $$",
    );
    expect(await ask(url, "SHOW synchronous_commit")).toEqual([{ synchronous_commit: "off" }]);
    const pool = createPool(url);
    onTestFinished(() => pool.end());
    expect((await pool.query("SHOW synchronous_commit")).rows).toEqual([{ synchronous_commit: "on" }]);
  });

  it("rejects a waiting call when its connection breaks, and continues with another connection", async () => {
    const { url, stores } = await shared();
    const [store] = stores;
    const holder = new Client(url);
    await holder.connect();
    await holder.query("SELECT pg_advisory_lock($1)", [LOCKS.events]);
    const broken = storeEvents(store, [stateAt(1)]).catch((error: unknown) => storageProblemOf(error));
    const WAITING = "SELECT pid FROM pg_stat_activity WHERE datname = current_database() AND wait_event = 'advisory'";
    let waiting: { pid: number }[] = [];
    while (waiting.length === 0) ({ rows: waiting } = await holder.query<{ pid: number }>(WAITING));
    await holder.query("SELECT pg_terminate_backend($1)", [waiting[0]?.pid]);
    expect(await broken).toBe("STORAGE_AWAY");
    await holder.end();
    expect(await storeEvents(store, [stateAt(1)])).toMatchObject({ taken: 1 });
  });

  it("has one leader, and another one when the first is gone", async () => {
    const { url, stores } = await shared();
    const [second] = stores;
    const first = await opened(url);
    expect(await first.leadership.isOurs()).toBe(true);
    expect([await second.leadership.isOurs(), await first.leadership.isOurs()]).toEqual([false, true]);
    const called = new Promise<void>((resolve) => first.leadership.onRequest(resolve));
    await second.leadership.requestEvaluation();
    await called;
    await first.close();
    expect(await second.leadership.isOurs()).toBe(true);
  });

  it("is unchanged after pg_dump and pg_restore into a database with another name", async () => {
    const [url, other] = [await server.create(), await server.create()];
    const store = await opened(url);
    await storeEvents(store, [stateAt(2), stateAt(1)]);
    await logDecision(store.decisions, SINCE, { kind: "halt-failed", ring: "ring0", build: RELEASE.build, code: "X" });
    const before = {
      audit: await auditDecisions(store.decisions),
      totals: await store.totals("ring0", "0.2.0", SINCE),
    };
    const file = join(temporaryFolder(), "ring.dump");
    server.run("pg_dump", "--format=custom", "--no-owner", `--file=${file}`, url);
    await store.close();
    server.run("pg_restore", "--exit-on-error", "--no-owner", `--dbname=${other}`, file);
    const restored = await opened(other);
    const after = {
      audit: await auditDecisions(restored.decisions),
      totals: await restored.totals("ring0", "0.2.0", SINCE),
    };
    expect(after).toEqual(before);
    expect(await storeEvents(restored, [stateAt(2)])).toMatchObject({ duplicates: 1 });
    expect(await restored.rebuild()).toEqual({ events: 2 });
    expect(await restored.totals("ring0", "0.2.0", SINCE)).toEqual(before.totals);
    await restored.close();
  });
});
