import { mkdirSync, rmSync, writeFileSync } from "node:fs";
import { setTimeout as wait } from "node:timers/promises";
import { expect, it, onTestFinished } from "vitest";
import { writeEnrolmentAnchor } from "../../fakes/pilot.ts";
import { startRingServerProcess } from "../../fakes/ring-server-process.ts";
import { openFeedFixture } from "../feed/support/feed-fixture.ts";
import { runVaultctl } from "../support/vaultctl.ts";
import { webhookSink } from "./sinks.ts";

const TOKENS = ["first-token-of-the-tests-00", "second-token-of-the-tests-0"] as const;

async function until(isSo: () => boolean | Promise<boolean>): Promise<void> {
  const from = performance.now();
  while (!(await isSo())) {
    if (performance.now() - from > 40_000) throw new Error("timed out");
    await wait(50);
  }
}

async function openServer() {
  const publisher = await openFeedFixture();
  const build = await publisher.build("0.2.0");
  await publisher.feed("release", "--ring", "ring0", "--build", build);
  const [before, after] = [await webhookSink(), await webhookSink()];
  const [trust, data] = [publisher.path("anchors"), publisher.path("data")];
  mkdirSync(trust);
  writeEnrolmentAnchor(trust);
  const [alerts, metrics, tickets] = ["alerting-config.json", "metrics", "tickets"].map((name) =>
    publisher.path(name),
  ) as [string, string, string];
  const write = (url: string, critical: readonly string[] = []) => {
    const channels = { critical: "#c", warnings: "#w", info: "#i" };
    const email = { from: "rings@example.org", smtp: { host: "" }, recipients: { critical, escalation: [] } };
    writeFileSync(alerts, JSON.stringify({ slack: { webhookUrl: url, channels }, email }));
  };
  write(before.url);
  writeFileSync(metrics, TOKENS[0]);
  writeFileSync(tickets, TOKENS[0]);
  const feed = ["--repo", publisher.repo, "--keys", publisher.keys, "--data", data, "--trust", trust];
  const files = ["--alerts", alerts, "--metrics-token", metrics, "--ticket-token", tickets];
  const server = await startRingServerProcess([...feed, ...files, "--every-s", "1"]);
  onTestFinished(server.kill);
  const hangUp = () => process.kill(server.pid as number, "SIGHUP");
  const metricsWith = async (token: string) =>
    (await fetch(`${server.url}/metrics`, { headers: { Authorization: `Bearer ${token}` } })).status;
  const ticketWith = async (token: string) => {
    const headers = { Authorization: `Bearer ${token}`, "Content-Type": "application/json" };
    const body = JSON.stringify({ v: 1, id: "T-1", ring: "ring0", openedAt: 1, closedAt: 2 });
    return (await fetch(`${server.url}/tickets`, { method: "POST", headers, body })).status;
  };
  const alertTest = () =>
    runVaultctl(["ring", "alert-test", "--config", alerts, "--data", data, "--level", "warning", "--json"]);
  return { server, before, after, alerts, metrics, tickets, write, hangUp, metricsWith, ticketWith, alertTest };
}

const REFUSED = /A changed file of the server's configuration has faults/;

it("reads a changed alerting configuration again, and keeps the old one while the new one is faulty", async () => {
  const { server, before, after, alerts, write, hangUp, alertTest } = await openServer();
  expect((await alertTest()).json).toMatchObject({ ok: true, server: { uses: "the same" } });
  before.got.length = 0;

  write(after.url, ["nobody"]);
  hangUp();
  await until(() => before.got.some(({ text }) => REFUSED.test(text)));
  const told = before.got.find(({ text }) => REFUSED.test(text))?.text;
  expect(told).toContain("alerting-config.json: wrong are email.recipients.critical.0.");
  expect(after.got).toEqual([]);
  expect(server.stderr()).toMatch(/"config\.refused".*ALERTING_INVALID/);
  rmSync(alerts);
  hangUp();
  await wait(1_500);
  expect(after.got).toEqual([]);

  write(after.url);
  hangUp();
  await until(() => after.got.some(({ text }) => REFUSED.test(text) && text.includes("(resolved)")));
  expect(server.stderr()).toContain('"config.read"');
  expect((await alertTest()).json).toMatchObject({
    ok: true,
    config: alerts,
    server: { uses: "the same", path: alerts },
  });

  await server.kill();
  write(before.url);
  expect((await alertTest()).json).toMatchObject({ ok: true, server: { uses: "another" } });
}, 120_000);

it("reads changed tokens again, without a signal, and keeps the old one while the file holds none", async () => {
  const { metrics, tickets, hangUp, metricsWith, ticketWith } = await openServer();
  expect([await metricsWith(TOKENS[0]), await ticketWith(TOKENS[0])]).toEqual([200, 200]);
  writeFileSync(metrics, "short");
  writeFileSync(tickets, TOKENS[1]);
  await until(async () => (await ticketWith(TOKENS[1])) === 200);
  expect([await ticketWith(TOKENS[0]), await metricsWith(TOKENS[0]), await metricsWith("short")]).toEqual([
    401, 200, 401,
  ]);
  writeFileSync(metrics, TOKENS[1]);
  hangUp();
  await until(async () => (await metricsWith(TOKENS[1])) === 200);
  expect(await metricsWith(TOKENS[0])).toBe(401);
}, 120_000);
