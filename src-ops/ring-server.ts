import { mkdir } from "node:fs/promises";
import { join } from "node:path";
import { Command, CommanderError } from "commander";
import { several, wholeNumber } from "./commands/index.ts";
import { type AlertingConfig, readAlerting } from "./alerts/index.ts";
import type { TrustRoots } from "../src-shared/jws/index.ts";
import { ok } from "../src-shared/result.ts";
import { type Attempt, failureOf } from "./failure.ts";
import { type PolicyFile, readPolicy } from "./policy/index.ts";
import {
  consoleRoutes,
  openSqliteStore,
  RING_DATA,
  RING_DATABASE,
  type Route,
  type RingStore,
  startRingServer,
  startWatchLoop,
  tellIncidents,
  type WatchLoop,
  watchOnce,
} from "./rings/index.ts";
import { loadTrust } from "./trust/index.ts";

// `npm run ring-server -- --port 8787`. Everything is wired here; the clock is read here. One JSON object a line goes to
// standard error, and the server's address to standard output once it listens.
type Options = {
  port: number;
  host: string;
  data: string;
  trust?: string;
  repo?: string;
  keys?: string;
  haltKeys: readonly string[];
  policy?: string;
  alerts?: string;
  everyS: number;
};

// Two minutes are allowed from an event to its halt.
const SOON_MS = 10_000;

const program = new Command("ring-server")
  .description("Hears the telemetry of the rings, and keeps it.")
  .option("--port <n>", "0 takes any that is free, and prints it", wholeNumber(0, 65_535), 8787)
  .option("--host <address>", "where to listen; put a TLS proxy before it for others than this machine", "127.0.0.1")
  .option("--data <folder>", "where its database is", RING_DATA)
  .option("--trust <folder>", "public keys of the publisher (default: the ones compiled in)")
  .option("--repo <folder>", "the update feed whose rings it judges; without it it only listens")
  .option("--keys <folder>", "the publisher's folder with the feed's anchor and the register")
  .option("--halt-keys <folder>", "the keys of halt, snapshot and timestamp; may stand several times", several(), [])
  .option("--policy <file>", "by which numbers rings are judged (default: the one that ships)")
  .option("--alerts <file>", "alerting-config.json: whom to tell; without it nobody is")
  .option("--every-s <n>", "seconds between two looks at the rings", wholeNumber(1, 3_600), 300)
  .exitOverride();

try {
  await run(program.parse().opts<Options>());
} catch (error) {
  if (error instanceof CommanderError) process.exit(error.exitCode === 0 ? 0 : 2);
  stop(failureOf(error).message);
}

async function run({ port, host, data, trust, ...watching }: Options): Promise<void> {
  const roots = await rootsFrom(trust);
  if (!roots.ok) return stop(roots.error.message);
  const policy = await readPolicy(watching.policy);
  if (!policy.ok) return stop(policy.error.message);
  const alerts = watching.alerts === undefined ? undefined : await readAlerting(watching.alerts, process.env);
  if (alerts && !alerts.ok) return stop(alerts.error.message);
  await mkdir(data, { recursive: true, mode: 0o700 });
  const store = openSqliteStore(join(data, RING_DATABASE));
  let loop: WatchLoop | undefined;
  const server = await startRingServer({
    store,
    roots: roots.value,
    host,
    port,
    now: Date.now,
    note,
    ticketToken: process.env["RING_TICKET_TOKEN"],
    alsoServe: consoleOf(store, policy.value, { host, ...watching }),
    onEvents: () => loop?.heard(),
  });
  loop = watch(store, policy.value, alerts?.value, watching);
  process.stdout.write(`${server.url}\n`);
  for (const signal of ["SIGINT", "SIGTERM"] as const) {
    process.once(signal, () => void (async () => (await loop?.stop(), await server.stop()))());
  }
}

/** The console shows verdicts: without a feed there are none. */
function consoleOf(store: RingStore, policy: PolicyFile, options: Partial<Options>): readonly Route[] {
  const { host = "", repo, keys, haltKeys } = options;
  if (repo === undefined || keys === undefined) return [];
  const feed = { repo, keys, personKeys: haltKeys ?? [] };
  // Others than this machine come through a TLS proxy.
  const isSecure = host !== "127.0.0.1" && host !== "::1";
  return consoleRoutes({ store, feed, policy, now: Date.now, isSecure });
}

// Where nobody was named and none is compiled in, no enrolment is believed: what is heard decides nothing.
async function rootsFrom(folder: string | undefined): Promise<Attempt<TrustRoots>> {
  const trust = await loadTrust(folder, undefined);
  if (trust.ok) return ok(trust.value.roots);
  if (folder !== undefined || trust.error.code !== "NO_ANCHOR") return trust;
  note("trust.absent");
  return ok([]);
}

function watch(
  store: RingStore,
  policy: PolicyFile,
  alerts: AlertingConfig | undefined,
  { repo, keys, haltKeys, everyS }: Partial<Options>,
) {
  if (repo === undefined || keys === undefined) return undefined;
  const feed = { repo, keys, personKeys: haltKeys ?? [] };
  const ending = new AbortController();
  async function look() {
    const assessed = await watchOnce({ store, feed, policy, now: Date.now });
    if (!assessed.ok || !alerts) return assessed;
    const { undelivered } = await tellIncidents(store, assessed.value, alerts, Date.now(), ending.signal);
    if (undelivered > 0) note("alerts.undelivered", { count: undelivered });
    return assessed;
  }
  process.once("SIGTERM", () => ending.abort()).once("SIGINT", () => ending.abort());
  return startWatchLoop({ look, everyMs: (everyS ?? 300) * 1_000, soonMs: SOON_MS, note });
}

function note(event: string, fields: Readonly<Record<string, string | number>> = {}): void {
  process.stderr.write(`${JSON.stringify({ at: new Date().toISOString(), event, ...fields })}\n`);
}

function stop(message: string): void {
  process.stderr.write(`${message}\n`);
  process.exitCode = 1;
}
