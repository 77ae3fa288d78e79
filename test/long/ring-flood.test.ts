import { spawn } from "node:child_process";
import { mkdirSync } from "node:fs";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { setTimeout as wait } from "node:timers/promises";
import { afterAll, beforeAll, expect, it, onTestFinished } from "vitest";
import { openRingStore, type StoreLocation } from "../../src-ops/server/index.ts";
import { percentile } from "../bench/measurement.ts";
import { createPilot, type Pilot, writeEnrolmentAnchor } from "../fakes/pilot.ts";
import { type PostgresServer, startPostgres } from "../fakes/postgres-server.ts";
import { startRingServerProcess } from "../fakes/ring-server-process.ts";
import { temporaryFolder } from "../fakes/temporary-folder.ts";
import { openFeedFixture } from "../ops/feed/support/feed-fixture.ts";

const FLOOD_MS = 20_000;
const EVERY_MS = 50;
const LATENCY_LIMIT_MS = 250;
const HALT_LIMIT_MS = 120_000;

let postgres: PostgresServer;
beforeAll(async () => void (postgres = await startPostgres({ fsync: true })));
afterAll(() => postgres.stop());

/** Starts the flood; `statuses` are the responses that it got so far. */
function startFlood(url: string) {
  const child = spawn(process.execPath, [join(import.meta.dirname, "../fakes/ring-flood.ts"), url], {
    stdio: ["ignore", "pipe", "inherit"],
  });
  onTestFinished(() => void child.kill("SIGKILL"));
  let statuses: Record<string, number> = {};
  createInterface({ input: child.stdout }).on("line", (line) => (statuses = JSON.parse(line) as typeof statuses));
  return { statuses: () => statuses };
}

it.each([
  ["SQLite", () => ({ data: temporaryFolder() })],
  ["PostgreSQL", async () => ({ data: "", databaseUrl: await postgres.create() })],
] satisfies [string, () => StoreLocation | Promise<StoreLocation>][])(
  "strangers do not slow down enrolled computers or a halt, with %s",
  { timeout: 300_000 },
  async (name, create) => {
    const location: StoreLocation = await create();
    const publisher = await openFeedFixture();
    const build = await publisher.build("0.2.0");
    await publisher.feed("release", "--ring", "ring0", "--build", build);
    const trust = publisher.path("anchors");
    mkdirSync(trust);
    writeEnrolmentAnchor(trust);
    const where =
      location.databaseUrl === undefined ? ["--data", location.data] : ["--database-url", location.databaseUrl];
    const feed = ["--repo", publisher.repo, "--keys", publisher.keys, "--trust", trust];
    const server = await startRingServerProcess([...where, ...feed, "--trusted-proxy", "127.0.0.1"]);
    onTestFinished(server.kill);
    const pilots = Array.from({ length: 20 }, (_, index) => createPilot(`pilot ${index}`, Date.now()));
    const timed = async (pilot: Pilot) => {
      const body = pilot.bodyOf([pilot.stateEvent(1, { kind: "operation", operation: "seek", succeeded: true })], 1);
      const from = performance.now();
      const { status } = await pilot.post(server.url, "/v1/logs", body);
      return { status, tookMs: performance.now() - from };
    };
    for (const pilot of pilots) expect((await timed(pilot)).status).toBe(200);

    const flood = startFlood(server.url);
    while (Object.keys(flood.statuses()).length === 0) await wait(100);
    const sending: ReturnType<typeof timed>[] = [];
    for (let index = 0; index * EVERY_MS < FLOOD_MS; index++) {
      sending.push(timed(pilots[index % pilots.length] as Pilot));
      await wait(EVERY_MS);
    }
    const answers = await Promise.all(sending);
    const times = answers.map(({ tookMs }) => tookMs);
    const [p50, p99] = [percentile(times, 50), percentile(times, 99)];

    const crasher = createPilot("crasher", Date.now());
    const crashedAt = performance.now();
    await crasher.send(server.url, [crasher.stateEvent(1, { kind: "crash", process: "main" })], 1);
    type Status = { rings: { ring0: { halt?: { build: string } } } };
    while ((await publisher.feed<Status>("status")).rings.ring0.halt?.build !== build) {
      if (performance.now() - crashedAt > HALT_LIMIT_MS) break;
      await wait(1_000);
    }
    const haltMs = performance.now() - crashedAt;
    process.stdout.write(
      `${name}: ${answers.length} batches under a flood, p50 ${p50.toFixed(0)} and p99 ${p99.toFixed(0)} ms; halted ${(haltMs / 1_000).toFixed(1)} s ` +
        `after a crash; responses to strangers: ${JSON.stringify(flood.statuses())}\n`,
    );
    await server.kill();
    const store = await openRingStore(location, "fail");
    if (!store.ok) throw new Error(store.error.message);
    const { events } = await store.value.rebuild();
    await store.value.close();
    expect(new Set(answers.map(({ status }) => status))).toEqual(new Set([200]));
    expect(events).toBe(answers.length + pilots.length + 1);
    expect(haltMs).toBeLessThan(HALT_LIMIT_MS);
    expect(p99).toBeLessThan(LATENCY_LIMIT_MS);
  },
);
