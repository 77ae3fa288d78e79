import { join } from "node:path";
import { Client } from "pg";
import { expect, it, onTestFinished } from "vitest";
import { openRingStore, type StoreLocation, type RingStore } from "../../src-ops/server/index.ts";
import type { SqliteStore } from "../../src-ops/server/store/sqlite-store.ts";
import { createPilot, type Pilot, writeEnrolmentAnchor } from "../fakes/pilot.ts";
import { startPostgres } from "../fakes/postgres-server.ts";
import { startRingServerProcess } from "../fakes/ring-server-process.ts";
import { temporaryFolder } from "../fakes/temporary-folder.ts";

const KILLS = Number(process.env["UVV_KILLS"] ?? 60);
const LONGEST_MS = 400;

type Database = { readonly location: StoreLocation; readonly ids: (store: RingStore) => Promise<string[]> };

function inSqlite(): Database {
  const location = { data: join(temporaryFolder(), "data") };
  const ids = async (store: RingStore) => {
    const { database } = store as SqliteStore;
    expect(database.prepare("PRAGMA integrity_check").get()).toEqual({ integrity_check: "ok" });
    return database
      .prepare("SELECT id FROM events")
      .all()
      .map(({ id }) => String(id));
  };
  return { location, ids };
}

async function inPostgres(): Promise<Database> {
  const server = await startPostgres({ fsync: true });
  onTestFinished(server.stop);
  const databaseUrl = await server.create();
  const ids = async () => {
    const client = new Client(databaseUrl);
    await client.connect();
    const { rows } = await client.query<{ id: string }>("SELECT id FROM events");
    await client.end();
    return rows.map(({ id }) => id);
  };
  return { location: { data: "", databaseUrl }, ids };
}

/** Sends one event after the other until the server is gone, and records which were acknowledged. */
async function sendUntilGone(
  pilot: Pilot,
  url: string,
  { acknowledged, pending }: { acknowledged: Set<string>; pending: Set<string> },
  onAnswer: () => void,
) {
  for (let up = 1; ; up++) {
    const event = pilot.stateEvent(up, { kind: "operation", operation: "seek", succeeded: up % 7 !== 0 });
    try {
      const answer = await pilot.send(url, [event], up);
      if (answer.status !== 200) throw new Error(`answered ${answer.status}`);
      acknowledged.add(event.id);
      onAnswer();
    } catch (error) {
      if (error instanceof TypeError) return void pending.add(event.id);
      throw error;
    }
  }
}

it.each([
  ["SQLite", inSqlite],
  ["PostgreSQL", inPostgres],
])(
  "loses no acknowledged event and duplicates none when the server is killed: %s",
  { timeout: 600_000 },
  async (name, open) => {
    const trust = temporaryFolder();
    writeEnrolmentAnchor(trust);
    const { location, ids } = await open();
    const where =
      location.databaseUrl === undefined ? ["--data", location.data] : ["--database-url", location.databaseUrl];
    const pilots = Array.from({ length: 8 }, (_, index) => createPilot(`pilot ${index}`, Date.now()));
    const acknowledged = new Set<string>();
    const pending = new Set<string>();
    for (let kill = 0; kill < KILLS; kill++) {
      const server = await startRingServerProcess([...where, "--trust", trust]);
      const answered = Promise.withResolvers<void>();
      const sending = pilots.map((pilot) =>
        sendUntilGone(pilot, server.url, { acknowledged, pending }, answered.resolve),
      );
      await answered.promise;
      await new Promise((resolve) => setTimeout(resolve, Math.random() * LONGEST_MS));
      await server.kill();
      await Promise.all(sending);
    }
    const store = await openRingStore(location, "fail");
    if (!store.ok) throw new Error(store.error.message);
    const total = () => store.value.totals("ring0", "0.2.0", 0);
    const maintained = await total();
    const events = await ids(store.value);
    await store.value.rebuild();
    const kept = new Set(events);
    const lost = [...acknowledged].filter((id) => !kept.has(id));
    const unknown = [...kept].filter((id) => !acknowledged.has(id) && !pending.has(id));
    process.stdout.write(
      `${name}: ${KILLS} kills, ${acknowledged.size} events acknowledged, ${kept.size} kept, ${lost.length} lost, ` +
        `${events.length - kept.size} duplicated, ${kept.size - acknowledged.size} kept whose answer was lost\n`,
    );
    expect(acknowledged.size).toBeGreaterThan(KILLS);
    expect({ lost, unknown, doubled: events.length - kept.size }).toEqual({ lost: [], unknown: [], doubled: 0 });
    // The aggregates are written in the same transaction as the events, so a crash cannot make them differ.
    expect(await total()).toEqual(maintained);
    await store.value.close();
  },
);
