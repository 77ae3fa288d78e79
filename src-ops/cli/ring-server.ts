import { isIPv4 } from "node:net";
import { Command, CommanderError } from "commander";
import { withConfiguration } from "./server-arguments.ts";
import { readConfiguration } from "./server-configuration.ts";
import { databaseUrlOption } from "./ring-options.ts";
import { checkFolders, feedOf } from "./server-folders.ts";
import { proxyAddress, publicUrl, repeatable, webAddress, wholeNumber } from "./options.ts";
import { watchRings } from "./watch-rings.ts";
import {
  type AlertKind,
  clientProbes,
  consoleRoutes,
  createErrorReporter,
  createRingAssessor,
  createServerHealth,
  metricsRoute,
  openRingStore,
  reportProcessErrors,
  RING_DATA,
  runbooksRoute,
  startRingServer,
  usualLevelOf,
  type WatchLoop,
} from "../server/index.ts";
import { type Attempt, failureOf } from "../failure.ts";
import { createFeedReader } from "../feed/index.ts";
import { readPolicy } from "../gates/index.ts";
import { loadTrust } from "../keys/index.ts";
import type { TrustRoots } from "../../src-shared/jws/index.ts";
import { ok } from "../../src-shared/result.ts";
import { printJson, printLine } from "../terminal.ts";

// `npm run ring-server -- --port 8787`. Wires all parts together and is the only place that reads the clock. Writes the
// log to standard error, one JSON object per line, and the server's address to standard output once it listens.
type Options = {
  port: number;
  host: string;
  publicUrl?: string;
  trustedProxy: readonly string[];
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
  ticketToken?: string;
  ingestUrl?: string;
  feedUrl?: string;
  check?: true;
};

const program = new Command("ring-server")
  .description("Receives and stores the telemetry of the rings.")
  .option("--port <n>", "the port; 0 chooses a free port and prints it", wholeNumber(0, 65_535), 8787)
  .option("--host <address>", "where to listen; other computers need a TLS proxy in front of it", "127.0.0.1")
  .option("--public-url <url>", "where people open the console, such as https://rings.example.org", publicUrl)
  .option(
    "--trusted-proxy <address...>",
    "proxies whose X-Forwarded-For names the sender: addresses or networks (default: none)",
    repeatable(proxyAddress),
    [],
  )
  .option("--data <folder>", "the folder of its database", RING_DATA)
  .addOption(databaseUrlOption())
  .option("--trust <folder>", "the publisher's public keys (default: the built-in ones)")
  .option(
    "--repo <folder>",
    "the update feed whose rings the server evaluates; without it the server only stores telemetry",
  )
  .option("--keys <folder>", "the publisher's folder with the feed's anchor and the register")
  .option("--halt-keys <folder>", "a folder with the halt, snapshot and timestamp keys; repeatable", repeatable(), [])
  .option("--policy <file>", "the policy for evaluating the rings (default: the one that ships)")
  .option("--alerts <file>", "alerting-config.json with the alert channels; without it no alert is sent")
  .option("--every-s <n>", "the seconds between two evaluations of the rings", wholeNumber(1, 3_600), 300)
  .option(
    "--metrics-token <file>",
    "a file with the token that readers of /metrics must send; without it /metrics is disabled",
  )
  .option(
    "--ticket-token <file>",
    "a file with the token that a ticket system must send (default: the environment's RING_TICKET_TOKEN)",
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
  .option("--config <file>", "these options in a file, as `vaultctl ring setup` writes it; the command line wins")
  .option("--check", "check the options and the files that they name, and end; the database is not opened")
  .exitOverride();

try {
  const args = await withConfiguration(process.argv.slice(2));
  if (args.ok) await run(program.parse(args.value, { from: "user" }).opts<Options>());
  else stop(args.error.message);
} catch (error) {
  if (error instanceof CommanderError) process.exit(error.exitCode === 0 ? 0 : 2);
  stop(failureOf(error).message);
}

async function run(options: Options): Promise<void> {
  const { port, host, data, databaseUrl, trust, trustedProxy, check, ...watching } = options;
  const location = feedOf(watching);
  if (!location.ok) return stop(location.error.message);
  const feed = location.value;
  const isSecure = watching.publicUrl?.startsWith("https:") ?? false;
  if (feed && !isSecure && !isLoopback(host))
    return stop(`The console needs --public-url https://...: --host ${host} lets people log in from other computers.`);
  const roots = await rootsFrom(trust);
  if (!roots.ok) return stop(roots.error.message);
  const policy = await readPolicy(watching.policy);
  if (!policy.ok) return stop(policy.error.message);
  const read = await readConfiguration(watching, process.env, note);
  if (!read.ok) return stop(read.error.message);
  const configuration = read.value;
  if (check) {
    const folders = await checkFolders(feed);
    return folders.ok ? printLine(process.stdout, "The configuration is valid.") : stop(folders.error.message);
  }
  // The command line may contain a password, so it is hidden from the process list.
  if (databaseUrl !== undefined) process.title = "ring-server";
  const opened = await openRingStore({ data, databaseUrl }, "create");
  if (!opened.ok) return stop(opened.error.message);
  const store = opened.value;
  const readFeed = feed && createFeedReader(feed);
  const assessor = feed && createRingAssessor({ store, feed, policy: policy.value, now: Date.now }, readFeed);
  const health = createServerHealth(Date.now(), { isWatching: feed !== undefined });
  const report = createErrorReporter(note, health.unexpected);
  reportProcessErrors(report);
  const watchPorts = { store, policy: policy.value, now: Date.now };
  let loop: WatchLoop | undefined;
  const levelOf = (kind: AlertKind) => (configuration.alerts()?.levelOf ?? usualLevelOf)(kind);
  const server = await startRingServer({
    store,
    roots: roots.value,
    host,
    port,
    trustedProxies: trustedProxy,
    now: Date.now,
    note,
    report,
    ticketToken: configuration.ticketToken,
    ingestUrl: watching.ingestUrl,
    alsoServe: [
      // The console shows verdicts, and without a feed there are no verdicts.
      ...(feed && assessor ? [consoleRoutes({ ...watchPorts, feed, assessor, levelOf, isSecure })] : []),
      runbooksRoute(),
      metricsRoute({ ...watchPorts, assessor, health, token: configuration.metricsToken, note, report }),
    ],
    onEvents: () => loop?.requestSoon(),
    health,
  });
  if (feed && assessor) {
    const { everyS, ingestUrl = server.url, feedUrl } = watching;
    const runbooks = `${watching.publicUrl ?? server.url}/runbooks`;
    const probes = clientProbes(feed, { ingestUrl, feedUrl }, readFeed);
    loop = watchRings({ ...watchPorts, feed, assessor, configuration, runbooks, health, note, report, everyS, probes });
  }
  const ending = new AbortController();
  configuration.watch(() => loop?.requestSoon(), ending.signal);
  process.stdout.write(`${server.url}\n`);
  for (const signal of ["SIGINT", "SIGTERM"] as const) {
    process.once(signal, () => void (async () => (ending.abort(), await loop?.stop(), await server.stop()))());
  }
}

function isLoopback(host: string): boolean {
  return host === "localhost" || host === "::1" || (isIPv4(host) && host.startsWith("127."));
}

// Without trust anchors no enrolment is accepted, so events of enrolled computers do not decide a gate.
async function rootsFrom(folder: string | undefined): Promise<Attempt<TrustRoots>> {
  const trust = await loadTrust(folder, undefined);
  if (trust.ok) return ok(trust.value.roots);
  if (folder !== undefined || trust.error.code !== "NO_ANCHOR") return trust;
  note("trust.absent");
  return ok([]);
}

function note(event: string, fields: Readonly<Record<string, string | number>> = {}): void {
  printJson(process.stderr, { at: new Date().toISOString(), event, ...fields });
}

function stop(message: string): void {
  printLine(process.stderr, message);
  process.exitCode = 1;
}
