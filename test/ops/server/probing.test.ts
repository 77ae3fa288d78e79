import { cpSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it, onTestFinished } from "vitest";
import { clientProbes, createProbing, alertIncidents } from "../../../src-ops/server/index.ts";
import { openSqliteStore } from "../../../src-ops/server/store/sqlite-store.ts";
import type { Probe } from "../../../src-ops/server/probes/probing.ts";
import { temporaryFolder } from "../../fakes/temporary-folder.ts";
import { openFeedFixture, NOW } from "../feed/support/feed-fixture.ts";
import { alertingTo, webhookSink } from "./sinks.ts";
import { evaluateOnce } from "./watched-ring.ts";
import { serve } from "../feed/support/tuf-reader.ts";
import { openMetricsFixture } from "./metrics-fixture.ts";

const never = new AbortController().signal;
const NOW_MS = NOW * 1_000;

describe("the probe of the ingest", () => {
  it("succeeds like a request of a computer, and stores nothing", async () => {
    const { url, ports, store, metrics } = await openMetricsFixture();
    const { ingest } = clientProbes(ports.feed, { ingestUrl: url, feedUrl: undefined });
    expect(await ingest?.(NOW_MS, never)).toBe(true);
    for (const table of ["events", "machines", "slots"])
      expect(store.database.prepare(`SELECT count(*) AS n FROM ${table}`).get()).toEqual({ n: 0 });
    expect(await metrics()).toContain('ingest_requests_total{path="/v1/logs",result="ok"} 1\n');
  });

  it("fails if the database is gone, nothing listens, or another server responds", async () => {
    const { url, ports, store } = await openMetricsFixture();
    const isReached = (ingestUrl: string) =>
      clientProbes(ports.feed, { ingestUrl, feedUrl: undefined }).ingest?.(NOW_MS, never);
    store.database.exec("DROP TABLE machines");
    expect(await isReached(url)).toBe(false);
    expect(await isReached("http://127.0.0.1:9")).toBe(false);
    expect(await isReached((await serve(temporaryFolder())).url)).toBe(false);
  });
});

describe("the probe of the feed", () => {
  async function published() {
    const publisher = await openFeedFixture();
    const older = temporaryFolder();
    cpSync(publisher.repo, older, { recursive: true });
    await publisher.feed("release", "--ring", "ring0", "--build", await publisher.build("0.2.0"));
    const web = await serve(publisher.repo);
    const feed = { repo: publisher.repo, keys: publisher.keys, personKeys: [] };
    const isReached = (now = NOW_MS, feedUrl = web.url) =>
      clientProbes(feed, { ingestUrl: "http://127.0.0.1:9", feedUrl }).feed?.(now, never);
    return { publisher, older, web, isReached };
  }

  it("reads it as the app does, and detects an outdated copy", async () => {
    const { older, web, isReached } = await published();
    expect(await isReached()).toBe(true);
    // An outdated copy may lack a halt.
    web.from(older);
    expect(await isReached()).toBe(false);
  });

  it("fails if the feed is gone, damaged, expired or served without https", async () => {
    const { publisher, web, isReached } = await published();
    web.from(temporaryFolder());
    expect(await isReached()).toBe(false);
    web.from(publisher.repo);
    expect(await isReached(NOW_MS + 400 * 86_400_000)).toBe(false);
    expect(await isReached(NOW_MS, "http://feed.example.org")).toBe(false);
    const damaged = temporaryFolder();
    cpSync(publisher.repo, damaged, { recursive: true });
    writeFileSync(join(damaged, "metadata", "timestamp.json"), "{}");
    web.from(damaged);
    expect(await isReached()).toBe(false);
  });
});

describe("an outage of the feed", () => {
  it("is alerted once, fails the release after half an hour without halting it, and is reported as resolved", async () => {
    const { publisher, store, ports } = await openMetricsFixture();
    const web = await serve(publisher.repo);
    const sink = await webhookSink();
    const from = Date.now();
    const clock = { now: from };
    const now = () => clock.now;
    const probes = clientProbes(ports.feed, { ingestUrl: "", feedUrl: web.url });
    const probe = createProbing({ probes: { feed: probes.feed as Probe }, store, now, probed: () => undefined });

    /** Probes and evaluates at this minute. Returns the new alerts and the outcome of the gate. */
    async function probeAndEvaluate(minutes: number) {
      clock.now = from + minutes * 60_000;
      await probe(never);
      const assessed = await evaluateOnce({ ...ports, now });
      if (!assessed.ok) throw new Error(assessed.error.message);
      const before = sink.got.length;
      await alertIncidents(store, assessed.value, alertingTo(sink.url), now(), never);
      const gate = assessed.value.rings[0]?.gates.find((one) => one.gate === "availability");
      return {
        messages: sink.got.slice(before).map(({ text }) => text),
        outcome: gate?.outcome,
        halt: assessed.value.rings[0]?.halt,
      };
    }

    expect(await probeAndEvaluate(0)).toEqual({ messages: [], outcome: "hold", halt: false });
    web.from(temporaryFolder());
    const messages = [
      expect.stringMatching(/CRITICAL.*cannot be reached[^]*feed: not reached since[^]*service_unavailable.md/),
    ];
    expect(await probeAndEvaluate(5)).toEqual({ messages, outcome: "hold", halt: false });
    expect(await probeAndEvaluate(10)).toMatchObject({ messages: [] });
    expect(await probeAndEvaluate(31)).toMatchObject({ outcome: "fail", halt: false });
    web.from(publisher.repo);
    expect(await probeAndEvaluate(36)).toEqual({
      messages: [expect.stringContaining("resolved")],
      outcome: "hold",
      halt: false,
    });
  });
});

describe("probing the targets", () => {
  async function open(answers: { feed?: boolean; ingest?: boolean }) {
    const store = openSqliteStore(":memory:");
    onTestFinished(store.close);
    const clock = { now: 1_000_000 };
    const probedTargets: string[] = [];
    const probed: unknown[] = [];
    const probe = (target: "feed" | "ingest") => async () => {
      probedTargets.push(target);
      return answers[target] ?? false;
    };
    const targets = { ...("feed" in answers ? { feed: probe("feed") } : {}), ingest: probe("ingest") };
    const probeTargets = createProbing({
      probes: targets,
      store,
      now: () => clock.now,
      probed: (...of) => void probed.push(of),
    });
    return { store, clock, probedTargets, probed, probeAll: () => probeTargets(never) };
  }

  it("stores when each was last reached, and runs at most once a minute", async () => {
    const answers = { feed: true, ingest: true };
    const { store, clock, probedTargets, probed, probeAll } = await open(answers);
    await probeAll();
    clock.now += 59_999;
    await probeAll();
    expect(probedTargets).toEqual(["feed", "ingest"]);
    answers.feed = false;
    clock.now += 1;
    await probeAll();
    expect(await store.reached()).toEqual([
      { place: "feed", at: 1_000_000 },
      { place: "ingest", at: 1_060_000 },
    ]);
    expect(probed.slice(2)).toEqual([
      ["feed", { isReached: false, tookMs: 0 }],
      ["ingest", { isReached: true, tookMs: 0 }],
    ]);
    // It also runs after the clock was set back.
    clock.now = 500_000;
    await probeAll();
    expect(probedTargets).toHaveLength(6);
  });

  it("reports no outage of a target that is no longer probed", async () => {
    const { store, probeAll } = await open({ ingest: true });
    await store.recordProbe("feed", 1, false);
    await probeAll();
    expect((await store.reached()).map(({ place }) => place)).toEqual(["ingest"]);
  });
});
