import { chmodSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { setTimeout } from "node:timers/promises";
import { readElectronRuntime } from "../../build/electron-runtime.ts";
import type { Milliseconds } from "../../src-shared/units.ts";
import { startTelemetryServer } from "../fakes/telemetry-server.ts";
import { type FeedPublisher, serveFolder } from "./feed-publisher.ts";
import { launchApp } from "./launch.ts";
import { onTestFinished } from "vitest";

export type Recorded = {
  /** Every address that Chromium's network log names as the target of a request, without our two servers. */
  readonly targets: readonly string[];
  /** Every address that a process of the app connected to, as `ip:port`, without our two servers. */
  readonly sockets: readonly string[];
  /** How many requests our servers got. */
  readonly feed: number;
  readonly ingest: number;
};

/** Runs the app with a feed and an ingest for some time, and records what it connects to. */
export async function recordConnections(options: {
  readonly folder: string;
  readonly name: string;
  readonly consent: "unasked" | "given" | "declined";
  readonly published: { readonly stick: string; readonly trust: string };
  readonly publisher: FeedPublisher;
  readonly forMs: Milliseconds;
}): Promise<Recorded> {
  const { folder, name, consent, published, publisher, forMs } = options;
  const [log, trace] = [join(folder, `${name}.json`), join(folder, `${name}.trace`)];
  const userData = join(folder, "profile");
  mkdirSync(userData, { recursive: true });
  writeFileSync(join(userData, "settings.json"), JSON.stringify({ consent }));
  const ingest = await startTelemetryServer();
  onTestFinished(() => ingest.stop());
  let feedRequests = 0;
  const feed = await serveFolder(publisher.repository, () => void feedRequests++);
  const { page, close } = await launchApp({
    userData,
    trust: published.trust,
    vaults: [published.stick],
    args: [`--log-net-log=${log}`, "--feed", feed, "--ingest", ingest.url],
    env: { TRACE_FILE: trace },
    electronFolder: tracedElectron(join(folder, "traced")),
  });
  await page.locator("[data-screen]").first().waitFor();
  await setTimeout(forMs);
  await close();
  const ours = [feed, ingest.url].map((url) => new URL(url));
  const text = readFileSync(log, "utf8");
  const sockets = socketsIn(readFileSync(trace, "utf8"));
  // Nothing else could be missed either.
  if (!targetsIn(text).some((target) => target.startsWith(feed))) throw new Error("Chromium's log lacks the feed");
  if (!sockets.includes(new URL(feed).host)) throw new Error("the trace lacks the feed");
  return {
    targets: targetsIn(text).filter(
      (target) => !ours.some(({ host, hostname }) => target === hostname || target.includes(host)),
    ),
    sockets: sockets.filter((socket) => !ours.some(({ host }) => socket === host)),
    feed: feedRequests,
    ingest: ingest.requests.length,
  };
}

// Playwright finds the program once in a process, so the file is named by a variable.
/** A program `electron` that runs the real one, with every connection of it and of its children written to a file. */
function tracedElectron(folder: string): string {
  mkdirSync(folder, { recursive: true });
  const program = join(folder, "electron");
  const strace = `strace --follow-forks --quiet=all --seccomp-bpf --decode-fds=all --trace=connect,sendto,sendmsg,sendmmsg --output="$TRACE_FILE"`;
  writeFileSync(program, `#!/bin/sh\nexec ${strace} '${readElectronRuntime().executable}' "$@"\n`);
  chmodSync(program, 0o755);
  return folder;
}

function targetsIn(log: string): readonly string[] {
  const found = [...log.matchAll(/"url":"((?:https?|wss?|ftp):\/\/[^"]*)"/g)].map(([, url = ""]) => url);
  const hosts = [...log.matchAll(/"host":"([^"]+)"/g)].map(([, host = ""]) => host);
  return [...new Set([...found, ...hosts])].toSorted();
}

const TCP_CONNECT = /connect\(\d+<TCP.*?sin6?_port=htons\((\d+)\).*?(?:inet_addr\(|inet_pton\(AF_INET6, )"([^"]+)"/g;
const UDP_SEND = /send(?:to|msg|mmsg)\(\d+<(UDP[^>]*)>/g;

/**
 * Connections by TCP, and packets by UDP. Chromium also "connects" UDP sockets without sending anything, to learn
 * whether there is a route: no packet leaves the computer.
 */
function socketsIn(trace: string): readonly string[] {
  const connected = [...trace.matchAll(TCP_CONNECT)].map(([, port, ip]) => `${ip}:${port}`);
  const sent = [...trace.matchAll(UDP_SEND)].map(([, socket = ""]) => socket);
  return [...new Set([...connected, ...sent])];
}
