import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import {
  readAlerting,
  consoleRoutes,
  createRingAssessor,
  createErrorReporter,
  putAccount,
  RING_DATABASE,
  startRingServer,
  startWatchLoop,
  alertIncidents,
  type WatchLoop,
  watchOnce,
} from "../../src-ops/server/index.ts";
import { openSqliteStore } from "../../src-ops/server/store/sqlite-store.ts";
import { readPolicy } from "../../src-ops/gates/index.ts";
import { loadTrust } from "../../src-ops/keys/index.ts";
import { type MailSink, openMailSink, openWebhookSink, type WebhookSink } from "../fakes/alert-sinks.ts";
import type { DemoClock } from "./demo-clock.ts";
import { FOLDER, KEYS, REPO, TRUST } from "./demo-fixture.ts";

export const DATA = join(FOLDER, "ring-server");

export type RingControl = Awaited<ReturnType<typeof startRingControl>>;
type Sinks = { readonly slack: WebhookSink; readonly sms: WebhookSink; readonly mail: MailSink };

/**
 * The ring server as in `npm run ring-server`, but at the demo's time, with mail and webhooks on this computer.
 */
export async function startRingControl(clock: DemoClock) {
  const { now } = clock;
  mkdirSync(DATA, { recursive: true });
  const policy = valueOf(await readPolicy());
  const trust = valueOf(await loadTrust(TRUST, undefined));
  const sinks: Sinks = { slack: await openWebhookSink(), sms: await openWebhookSink(), mail: await openMailSink() };
  const alerting = await alertingTo(sinks);
  const feed = { repo: REPO, keys: KEYS, personKeys: [] };
  const store = openSqliteStore(join(DATA, RING_DATABASE));
  const { password } = await putAccount(store.accounts, { name: "ann.lee", role: "manager" });
  const assessor = createRingAssessor({ store, feed, policy, now });
  const ending = new AbortController();
  let loop: WatchLoop | undefined;
  const server = await startRingServer({
    store,
    roots: trust.roots,
    host: "127.0.0.1",
    port: 0,
    now,
    note: () => undefined,
    ticketToken: () => undefined,
    alsoServe: [consoleRoutes({ store, feed, policy, now, assessor, levelOf: alerting.levelOf, isSecure: false })],
    onEvents: () => loop?.requestSoon(),
  });

  async function evaluate() {
    const assessed = await watchOnce({ store, feed, policy, now, assessor });
    if (assessed.ok) await alertIncidents(store, assessed.value, alerting, now(), ending.signal);
    return assessed;
  }

  return {
    url: server.url,
    sinks,
    manager: { name: "ann.lee", password },
    /** Evaluates all rings once. */
    evaluate: async () => valueOf(await evaluate()).rings,
    /** From now on it evaluates by itself, as in normal operation. */
    watch() {
      const note = (event: string) => void process.stderr.write(`ring server: ${event}\n`);
      const report = createErrorReporter(note, () => undefined);
      const watching = { evaluate, everyMs: 300_000, soonMs: 10_000, note };
      loop = startWatchLoop({ ...watching, report: (error) => report("watch", error) });
    },
    async stop() {
      ending.abort();
      await loop?.stop();
      await server.stop();
      for (const sink of Object.values(sinks)) sink.close();
    },
  };
}

async function alertingTo({ slack, sms, mail }: Sinks) {
  const file = join(FOLDER, "alerting-config.json");
  const channels = { critical: "#deployment-critical", warnings: "#deployment-warnings", info: "#deployment-info" };
  const recipients = { critical: ["on-call@example.org"], escalation: ["head@example.org"] };
  const smtp = { host: "127.0.0.1", port: mail.port };
  const email = { from: "rings@example.org", smtp, recipients };
  writeFileSync(file, JSON.stringify({ slack: { webhookUrl: slack.url, channels }, email }, null, 2));
  const environment = { SMS_WEBHOOK_URL: sms.url, SMTP_USER: "rings", SMTP_PASS: "hunter2" };
  return valueOf(await readAlerting(file, environment));
}

function valueOf<T>(
  attempt: { readonly ok: true; readonly value: T } | { readonly ok: false; readonly error: { message: string } },
): T {
  if (!attempt.ok) throw new Error(attempt.error.message);
  return attempt.value;
}
