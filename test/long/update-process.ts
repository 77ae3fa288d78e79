import { nodeHttpClient } from "../../src-shared/node/node-http-client.ts";
// One run of the app's update code, on a real keychain, real files and the real dpkg; it may be killed at any moment.
// It prints one JSON object per line, and writes it before it continues.
import { createHash } from "node:crypto";
import { readFileSync, writeSync } from "node:fs";
import { join } from "node:path";
import { createLedger, nodeFileSteps } from "../../src-main/ledger/index.ts";
import { createKeytarSecretStore } from "../../src-main/license/index.ts";
import {
  createDebianInstaller,
  createUpdates,
  openPendingFiles,
  openUpdateMemory,
} from "../../src-main/updates/index.ts";
import { openWebSource } from "../../src-shared/node/update-feed/index.ts";
import { ok } from "../../src-shared/result.ts";
import type { Version } from "../../src-shared/updates/index.ts";

/** The options of the process. */
export type ProcessOptions = {
  readonly folder: string;
  readonly service: string;
  readonly feed: string;
  readonly anchor: string;
  /** Its own version, as installed in the system. */
  readonly version: string;
  /** The program that installs its package as root. */
  readonly helper: string;
};

/** What it prints. */
export type ProcessMessage =
  | { readonly state: string; readonly counters: Counters }
  | { readonly looked: string; readonly counters: Counters }
  | { readonly installed: string };

/** Every counter of the update code, by name: generation and sequence. */
export type Counters = Readonly<Record<string, readonly [generation: number, sequence: number]>>;

const { folder, service, feed, anchor, version, helper } = JSON.parse(process.argv[2] ?? "") as ProcessOptions;

const ledger = createLedger({
  folder: join(folder, "ledger"),
  secrets: createKeytarSecretStore(service),
  files: nodeFileSteps,
  wasActivated: async () => ok(false),
  log: () => undefined,
});
const web = openWebSource({
  metadataUrl: `${feed}/metadata`,
  targetsUrl: `${feed}/targets`,
  isLoopbackAllowed: true,
  http: nodeHttpClient,
});
if (!web.ok) throw new Error(web.error);

const updates = createUpdates({
  anchor: readFileSync(anchor),
  store: join(folder, "metadata"),
  web: web.value,
  stick: () => undefined,
  ledger,
  ring: async () => "ga",
  app: { platform: "linux", arch: "x64", kind: "deb", version: version as Version, buildFloor: 0 },
  memory: openUpdateMemory(join(folder, "memory.json")),
  pending: openPendingFiles(join(folder, "pending")),
  installer: createDebianInstaller({ helper, restart: () => send({ installed: "restart" }) }),
  applyKeys: async () => undefined,
  applyRevocations: async () => undefined,
  sha256: (bytes) => createHash("sha256").update(bytes).digest(),
  now: () => 1_774_000_000,
  random: () => 0.5,
  log: () => undefined,
  changed: () => undefined,
  failed: (thrown) => {
    throw thrown;
  },
  step: () => undefined,
});

const state = await ledger.open();
send({ state, counters: counters() });
await updates.check("web", "by-hand");
const { now, outcome } = updates.view();
const found = outcome?.kind === "problem" ? outcome.code : outcome?.kind === "hold" ? outcome.reason : outcome?.kind;
send({ looked: now.stage === "ready" ? `ready ${now.offer.version}` : (found ?? now.stage), counters: counters() });
if (now.stage === "ready") {
  const installed = await updates.install();
  send({ installed: installed.ok ? "ok" : installed.error });
}
await updates.close();

function counters(): Counters {
  const { roles, rings, halts } = ledger.head().updates;
  const all = [...prefixed("role", roles), ...prefixed("ring", rings), ...prefixed("halt", halts)];
  return Object.fromEntries(all.map(([name, { generation, sequence }]) => [name, [generation, sequence]]));
}

function prefixed<T>(kind: string, counted: ReadonlyMap<string, T>): [string, T][] {
  return Array.from(counted, ([name, counter]) => [`${kind} ${name}`, counter]);
}

function send(message: ProcessMessage): void {
  writeSync(1, `${JSON.stringify(message)}\n`);
}
