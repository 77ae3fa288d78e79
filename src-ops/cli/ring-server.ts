import { Command, CommanderError } from "commander";
import { databaseUrlOption } from "./ring-options.ts";
import { repeatable, webAddress, wholeNumber } from "./options.ts";
import {
  type AlertingConfig,
  readAlerting,
  usualLevelOf,
  clientProbes,
  type ConsolePorts,
  consoleRoutes,
  createProbing,
  createRingAssessor,
  createServerHealth,
  metricsRoute,
  openRingStore,
  readMetricsToken,
  RING_DATA,
  type Route,
  type RingAssessor,
  type ServerHealth,
  startRingServer,
  startWatchLoop,
  alertIncidents,
  type WatchLoop,
  watchOnce,
  type WatchPorts,
} from "../server/index.ts";
import { type Attempt, failureOf } from "../failure.ts";
import { createFeedReader, type FeedLocation } from "../feed/index.ts";
import { readPolicy } from "../gates/index.ts";
import { loadTrust } from "../keys/index.ts";
import type { TrustRoots } from "../../src-shared/jws/index.ts";
import { ok } from "../../src-shared/result.ts";

// `npm run ring-server -- --port 8787`. Everything is wired here; the clock is read here. One JSON object a line goes
// to standard error, and the server's address to standard output once it listens.
type Options = {
  port: number;
  host: string;
  data: string;
  databaseUrl?: string;
  trust?: string;
  repo?: string;
  keys?: string;
  haltKeys: readonly string[];
  policy?: string;
  alerts?: string;
  everyS: number;
  metricsToken?: string;
  ingestUrl?: string;
  feedUrl?: string;
};

// Two minutes are allowed from an event to its halt.
const SOON_MS = 10_000;

const program = new Command("ring-server")
  .description("Receives and stores the telemetry of the rings.")
  .option("--port <n>", "the port; 0 chooses a free port and prints it", wholeNumber(0, 65_535), 8787)
  .option("--host <address>", "where to listen; put a TLS proxy before it for others than this machine", "127.0.0.1")
  .option("--data <folder>", "the folder of its database", RING_DATA)
  .addOption(databaseUrlOption())
  .option("--trust <folder>", "public keys of the publisher (default: the ones compiled in)")
  .option("--repo <folder>", "the update feed whose rings it judges; without it the server only stores telemetry")
  .option("--keys <folder>", "the publisher's folder with the feed's anchor and the register")
  .option("--halt-keys <folder>", "a folder with the halt, snapshot and timestamp keys; repeatable", repeatable(), [])
  .option("--policy <file>", "the policy that judges the rings (default: the one that ships)")
  .option("--alerts <file>", "alerting-config.json with the alert channels; without it no alert is sent")
  .option("--every-s <n>", "the seconds between two judgements of the rings", wholeNumber(1, 3_600), 300)
  .option(
    "--metrics-token <file>",
    "a file with the token that readers of /metrics must send; without it /metrics is disabled",
  )
  .option(
    "--ingest-url <url>",
    "the address to which computers send telemetry, to probe it as they do (default: the server's own address)",
    webAddress,
  )
  .option(
    "--feed-url <url>",
    "the address from which apps read the feed, to probe it as they do; without it the feed is not probed",
    webAddress,
  )
  .exitOverride();

try {
  await run(program.parse().opts<Options>());
} catch (error) {
  if (error instanceof CommanderError) process.exit(error.exitCode === 0 ? 0 : 2);
  stop(failureOf(error).message);
}

async function run({ port, host, data, databaseUrl, trust, ...watching }: Options): Promise<void> {
  const roots = await rootsFrom(trust);
  if (!roots.ok) return stop(roots.error.message);
  const policy = await readPolicy(watching.policy);
  if (!policy.ok) return stop(policy.error.message);
  const alerts = watching.alerts === undefined ? undefined : await readAlerting(watching.alerts, process.env);
  if (alerts && !alerts.ok) return stop(alerts.error.message);
  const token = watching.metricsToken === undefined ? undefined : await readMetricsToken(watching.metricsToken);
  if (token && !token.ok) return stop(token.error.message);
  // The command line may contain a password, so it is hidden from the process list.
  if (databaseUrl !== undefined) process.title = "ring-server";
  const opened = await openRingStore({ data, databaseUrl }, "made where it is missing");
  if (!opened.ok) return stop(opened.error.message);
  const store = opened.value;
  const feed = feedOf(watching);
  const readFeed = feed && createFeedReader(feed);
  const assessor = feed && createRingAssessor({ store, feed, policy: policy.value, now: Date.now }, readFeed);
  const health = createServerHealth(Date.now(), { isWatching: feed !== undefined });
  let loop: WatchLoop | undefined;
  const server = await startRingServer({
    store,
    roots: roots.value,
    host,
    port,
    now: Date.now,
    note,
    ticketToken: process.env["RING_TICKET_TOKEN"],
    alsoServe: [
      ...consoleOf(
        { store, policy: policy.value, levelOf: alerts?.value.levelOf ?? usualLevelOf },
        feed,
        assessor,
        host,
      ),
      metricsRoute({ store, assessor, policy: policy.value, now: Date.now, health, token: token?.value, note }),
    ],
    onEvents: () => loop?.heard(),
    health,
  });
  if (feed && assessor) {
    const ports = { store, feed, policy: policy.value, now: Date.now, assessor };
    const probes = clientProbes(
      feed,
      { ingestUrl: watching.ingestUrl ?? server.url, feedUrl: watching.feedUrl },
      readFeed,
    );
    loop = watch(ports, alerts?.value, health, probes, watching.everyS);
  }
  process.stdout.write(`${server.url}\n`);
  for (const signal of ["SIGINT", "SIGTERM"] as const) {
    process.once(signal, () => void (async () => (await loop?.stop(), await server.stop()))());
  }
}

function feedOf({ repo, keys, haltKeys }: Partial<Options>): FeedLocation | undefined {
  return repo === undefined || keys === undefined ? undefined : { repo, keys, personKeys: haltKeys ?? [] };
}

/** The console shows verdicts: without a feed there are none. */
function consoleOf(
  ports: Pick<ConsolePorts, "store" | "policy" | "levelOf">,
  feed: FeedLocation | undefined,
  assessor: RingAssessor | undefined,
  host: string,
): readonly Route[] {
  if (!feed || !assessor) return [];
  // Others than this machine come through a TLS proxy.
  const isSecure = host !== "127.0.0.1" && host !== "::1";
  return consoleRoutes({ ...ports, feed, assessor, now: Date.now, isSecure });
}

// Without trust anchors no enrolment is accepted, so events of enrolled computers do not decide a gate.
async function rootsFrom(folder: string | undefined): Promise<Attempt<TrustRoots>> {
  const trust = await loadTrust(folder, undefined);
  if (trust.ok) return ok(trust.value.roots);
  if (folder !== undefined || trust.error.code !== "NO_ANCHOR") return trust;
  note("trust.absent");
  return ok([]);
}

function watch(
  ports: WatchPorts,
  alerts: AlertingConfig | undefined,
  health: ServerHealth,
  probes: ReturnType<typeof clientProbes>,
  everyS: number,
): WatchLoop {
  const { store } = ports;
  const ending = new AbortController();
  const probe = createProbing({ probes, store, now: Date.now, probed: health.probed });
  async function judge() {
    // First, so that a server that was stopped for a while does not take that for an outage.
    await probe(ending.signal);
    const assessed = await watchOnce(ports);
    if (!assessed.ok) return assessed;
    const { undelivered } = await alertIncidents(store, assessed.value, alerts, Date.now(), ending.signal);
    health.undelivered(undelivered);
    if (undelivered > 0) note("alerts.undelivered", { count: undelivered });
    return assessed;
  }
  async function look() {
    // Another server is the leader: ask it to evaluate now, so that only one server halts releases.
    if (!(await store.leadership.isOurs())) return (await store.leadership.call(), ok([]));
    let isDone = false;
    try {
      const assessed = await judge();
      isDone = assessed.ok;
      return assessed;
    } finally {
      health.looked(isDone, Date.now());
    }
  }
  process.once("SIGTERM", () => ending.abort()).once("SIGINT", () => ending.abort());
  const loop = startWatchLoop({ look, everyMs: everyS * 1_000, soonMs: SOON_MS, note });
  store.leadership.onCall(loop.heard);
  return loop;
}

function note(event: string, fields: Readonly<Record<string, string | number>> = {}): void {
  process.stderr.write(`${JSON.stringify({ at: new Date().toISOString(), event, ...fields })}\n`);
}

function stop(message: string): void {
  process.stderr.write(`${message}\n`);
  process.exitCode = 1;
}
