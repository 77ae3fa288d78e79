import { mkdtempSync, rmSync } from "node:fs";
import { Agent, request } from "node:http";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { readPolicy, judgeRelease, type NormalizedEvent, readFacts } from "../../src-ops/gates/index.ts";
import { openRingStore, type StoreLocation } from "../../src-ops/server/index.ts";
import { openSqliteStore } from "../../src-ops/server/store/sqlite-store.ts";
import { readScenario, simulate } from "../../src-ops/simulator/index.ts";
import { LOGS_PATH, type SessionState } from "../../src-shared/telemetry/index.ts";
import { createPilot, writeEnrolmentAnchor } from "../fakes/pilot.ts";
import { startPostgres } from "../fakes/postgres-server.ts";
import { startRingServerProcess } from "../fakes/ring-server-process.ts";
import { testId } from "../fakes/test-keys.ts";
import { DAY_MS, registerOf, SINCE } from "../ops/gates/facts.ts";
import { idOf, RELEASE, stateOf } from "../ops/gates/normalized-events.ts";
import { absolute, type Measurement, percentile } from "./measurement.ts";

const DEVICES = 500;

/** Measures how fast the ring server ingests, judges and rebuilds, and how fast the simulator runs a policy. */
export async function measureRings(): Promise<Measurement[]> {
  const folder = mkdtempSync(join(tmpdir(), "uvv-bench-rings-"));
  const postgres = await startPostgres({ fsync: true });
  try {
    const bodies = batches();
    const shared = { data: folder, databaseUrl: await postgres.create() };
    return [
      ...(await measureIngest("SQLite", { data: folder }, bodies, { atLeast: 5_000 })),
      ...(await measureIngest("PostgreSQL", shared, bodies)),
      ...(await measureStore()),
      await measureSimulator(),
    ];
  } finally {
    await postgres.stop();
    rmSync(folder, { recursive: true, force: true });
  }
}

const BATCHES = 4;
const EVENTS = 20;
const CONNECTIONS = 50;

type Signed = { readonly body: Uint8Array; readonly headers: Record<string, string> };
type Body = { readonly body: Uint8Array; readonly headersFor: (url: string) => Record<string, string> };

/** The server in its own process, each batch with its signature; every third is sent twice, as after a lost answer. */
async function measureIngest(
  name: string,
  location: StoreLocation,
  bodies: readonly Body[],
  limit?: { readonly atLeast: number },
): Promise<Measurement[]> {
  const trust = mkdtempSync(join(location.data, "trust-"));
  writeEnrolmentAnchor(trust);
  const where =
    location.databaseUrl === undefined ? ["--data", location.data] : ["--database-url", location.databaseUrl];
  const server = await startRingServerProcess([...where, "--trust", trust]);
  try {
    const signed = bodies.map(({ body, headersFor }) => ({ body, headers: headersFor(server.url) }));
    // Each device's token is checked once in 90 days; this check is not part of the measurement.
    const first = signed.filter((_, index) => index % BATCHES === 0);
    await sendAll(server.url, first);
    const rest = signed.filter((_, index) => index % BATCHES !== 0);
    const again = rest.filter((_, index) => index % 3 === 0);
    const from = performance.now();
    const answers = await sendAll(server.url, rest);
    const seconds = (performance.now() - from) / 1_000;
    answers.push(...(await sendAll(server.url, again)));
    const wrong = await wrongIn(location, bodies.length * EVENTS);
    const refused = answers.filter((status) => status !== 200).length;
    const perSecond = (rest.length * EVENTS) / seconds;
    return [
      absolute(
        `ring server, ${name}: events taken a second (20 a batch, 500 devices, each signed)`,
        perSecond,
        "events/s",
        limit,
      ),
      absolute(`ring server, ${name}: events lost, doubled or refused of 40,000`, wrong + refused, "events", {
        atMost: 0,
      }),
    ];
  } finally {
    await server.kill();
  }
}

/** Each event has one operation, so lost or doubled events change both counts. */
async function wrongIn(location: StoreLocation, sent: number): Promise<number> {
  const store = await openRingStore(location, "fail");
  if (!store.ok) throw new Error(store.error.message);
  const counted = (await store.value.totals("ring0", "0.2.0", 0)).operations;
  const { events } = await store.value.rebuild();
  await store.value.close();
  return Math.abs(events - sent) + Math.abs(counted - sent);
}

function batches(): Body[] {
  const now = Date.now();
  return Array.from({ length: DEVICES }, (_, device) => createPilot(`bench ${device}`, now)).flatMap((pilot) =>
    Array.from({ length: BATCHES }, (_, batch): Body => {
      const events = Array.from({ length: EVENTS }, (__, event) =>
        pilot.stateEvent((batch * EVENTS + event) * 1_000, { kind: "operation", operation: "seek", succeeded: true }),
      );
      const body = pilot.bodyOf(events, batch * EVENTS * 1_000 + EVENTS * 1_000);
      return { body, headersFor: (url) => pilot.headersOf(url, LOGS_PATH, body) };
    }),
  );
}

async function sendAll(url: string, signed: readonly Signed[]): Promise<number[]> {
  const agent = new Agent({ keepAlive: true, maxSockets: CONNECTIONS });
  const { hostname, port } = new URL(url);
  const statuses: number[] = [];
  let next = 0;
  const post = ({ body, headers }: Signed) =>
    new Promise<number>((resolve, reject) => {
      const options = { agent, hostname, port, path: LOGS_PATH, method: "POST" };
      const sending = request({ ...options, headers: { ...headers, "Content-Length": body.length } }, (answer) => {
        answer.resume().once("end", () => resolve(answer.statusCode ?? 0));
      });
      sending.once("error", reject).end(body);
    });
  const connection = async () => {
    while (next < signed.length) statuses.push(await post(signed[next++] as Signed));
  };
  await Promise.all(Array.from({ length: CONNECTIONS }, connection));
  agent.destroy();
  return statuses;
}

const STATES = 1_000;
const OPERATIONS = 20;

/** Ten million operations: a week of 500 computers, 1,000 states each. */
async function measureStore(): Promise<Measurement[]> {
  const policy = await readPolicy();
  if (!policy.ok) throw new Error(policy.error.message);
  const store = openSqliteStore(":memory:");
  const now = SINCE + 7 * DAY_MS;
  for (let machine = 0; machine < DEVICES; machine++) {
    await store.enrol(testId(`bench ${machine}`), "ring0");
    await store.takeAll([weekOf(machine)], now);
  }
  const judge = async () =>
    judgeRelease(
      await readFacts(store, { ...RELEASE, countsFrom: 0 }, policy.value.policy.rings.ring0, registerOf(), now),
      policy.value.policy.rings.ring0,
    );
  const { gates } = await judge();
  const operations = gates.find(({ gate }) => gate === "errors")?.sample?.of ?? 0;
  if (operations !== DEVICES * STATES * OPERATIONS) throw new Error(`${operations} operations were counted`);
  const times: number[] = [];
  for (let round = 0; round < 50; round++) times.push(await timed(judge));
  const rebuild = (await timed(() => store.rebuild())) / 1_000;
  await store.close();
  return [
    absolute("ring gates on aggregates of 10 million operations, p95", percentile(times, 95), "ms", { atMost: 50 }),
    absolute("ring aggregates of 10 million operations (500,000 events) rebuilt", rebuild, "s", { atMost: 10 }),
  ];
}

function weekOf(machine: number): NormalizedEvent[] {
  const fresh = stateOf("0.2.0", []);
  const pid = testId(`bench ${machine}`);
  return Array.from({ length: STATES }, (_, index) => {
    const session = idOf(`bench ${machine} ${Math.floor(index / 50)}`);
    const inSession = (index % 50) + 1;
    const at = SINCE + Math.floor((index / STATES) * 7 * DAY_MS);
    const operations = { ...fresh.operations, seek: { ok: inSession * OPERATIONS, failed: 0 } };
    const state: SessionState = { ...fresh, uptimeMs: inSession * 300_000, operations };
    const id = `${session.slice(0, 24)}${inSession.toString(16).padStart(12, "0")}`;
    const event = { v: 1, id, session, seq: inSession, at, up: inSession, kind: "session", state } as const;
    return { machine: pid, platform: "linux/x64", ring: "ring0", version: "0.2.0", at, event };
  });
}

const FLEETS = 500;

async function measureSimulator(): Promise<Measurement> {
  const policy = await readPolicy();
  if (!policy.ok) throw new Error(policy.error.message);
  const file = await readScenario("ring0-good");
  if (!file.ok) throw new Error(file.error.message);
  const { scenario } = file.value;
  const from = performance.now();
  const simulation = { scenario, policy: policy.value.policy, seed: 1, path: "fast" } as const;
  await simulate(simulation, FLEETS, new AbortController().signal);
  const perMinute = (FLEETS / (performance.now() - from)) * 60_000;
  return absolute("ring simulator: fleets a minute, 10 computers until they pass", perMinute, "fleets", {
    atLeast: 1_000,
  });
}

async function timed(work: () => Promise<unknown>): Promise<number> {
  const from = performance.now();
  await work();
  return performance.now() - from;
}
