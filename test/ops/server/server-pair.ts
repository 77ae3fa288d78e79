import { mkdirSync, writeFileSync } from "node:fs";
import { setTimeout as wait } from "node:timers/promises";
import { Client } from "pg";
import { onTestFinished } from "vitest";
import { writeEnrolmentAnchor } from "../../fakes/pilot.ts";
import type { PostgresServer } from "../../fakes/postgres-server.ts";
import { startRingServerProcess } from "../../fakes/ring-server-process.ts";
import { webhookSink } from "./sinks.ts";
import { openFeedFixture } from "../feed/support/feed-fixture.ts";

const LEADER = "SELECT 1 FROM pg_locks WHERE locktype = 'advisory' AND objid = 7204 AND granted";

const ALERTING = {
  language: "en",
  slack: { webhookUrl: "", channels: { critical: "#c", warnings: "#w", info: "#i" } },
  email: { from: "rings@example.org", smtp: { host: "", port: 587 }, recipients: { critical: [], escalation: [] } },
};
/** Queries a database directly. */
export async function ask<Row>(url: string, sql: string): Promise<Row[]> {
  const client = new Client(url);
  await client.connect();
  const { rows } = await client.query(sql);
  await client.end();
  return rows as Row[];
}

export async function until(what: string, isSo: () => Promise<boolean>): Promise<void> {
  const from = performance.now();
  while (!(await isSo())) {
    if (performance.now() - from > 60_000) throw new Error(`timed out waiting until ${what}`);
    await wait(100);
  }
}

/** Two servers on one database, the first of which leads, their feed, and a webhook for their alerts. */
export async function openPair(postgres: PostgresServer, everyS: number) {
  const publisher = await openFeedFixture();
  const build = await publisher.build("0.2.0");
  await publisher.feed("release", "--ring", "ring0", "--build", build);
  const sink = await webhookSink();
  const [trust, alerts] = [publisher.path("anchors"), publisher.path("alerting-config.json")];
  mkdirSync(trust);
  writeEnrolmentAnchor(trust);
  writeFileSync(alerts, JSON.stringify(ALERTING));
  const url = await postgres.create();
  const feed = ["--repo", publisher.repo, "--keys", publisher.keys];
  const args = ["--trust", trust, ...feed, "--alerts", alerts, "--every-s", String(everyS)];
  const start = async () => {
    const env = { RING_DATABASE_URL: url, SLACK_WEBHOOK_URL_CRITICAL: sink.url };
    const server = await startRingServerProcess(args, env);
    onTestFinished(server.kill);
    return server;
  };
  const first = await start();
  await until("the first server leads", async () => (await ask(url, LEADER)).length > 0);
  return { publisher, build, sink, url, first, second: await start() };
}
