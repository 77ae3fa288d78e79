import { appendFileSync, readFileSync, renameSync, rmSync, truncateSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it, onTestFinished, vi } from "vitest";
import { loadFeed } from "../../../src-ops/feed/load-feed.ts";
import { createFeedReader } from "../../../src-ops/feed/feed-reader.ts";
import { readPolicy } from "../../../src-ops/gates/index.ts";
import { watchOnce } from "../../../src-ops/server/index.ts";
import { appendToRegister, readRegister, type RegisterEntry } from "../../../src-ops/register/index.ts";
import { testId } from "../../fakes/test-keys.ts";
import { logDecision } from "../../../src-ops/server/decisions/decision-log.ts";
import { createRingAssessor } from "../../../src-ops/server/decisions/ring-assessor.ts";
import type { RingStore } from "../../../src-ops/server/store/ring-store.ts";
import { openSqliteStore } from "../../../src-ops/server/store/sqlite-store.ts";
import { NOW, openFeedFixture } from "../feed/support/feed-fixture.ts";
import { crashOf, MACHINES, START } from "./watched-ring.ts";
import { storeEvents } from "./store-events.ts";

vi.setConfig({ testTimeout: 60_000 });

const PID = testId("enrolled");
const HASH = "A".repeat(43);
const ENROLLED = {
  kind: "license",
  lid: testId("license"),
  seq: 1,
  sub: "Ann",
  vaultId: testId("vault"),
  stickId: testId("stick"),
  mode: "stick",
  ring: "ring1",
  exp: NOW + 86_400,
  minApp: "0.1.0",
  kid: "license-1",
  sha256: HASH,
  enrolment: { pid: PID, exp: NOW + 86_400, kid: "enrolment-1" },
} satisfies RegisterEntry;

/** A feed whose ring0 runs a build, and an assessor whose reads of the feed and the decision log are counted. */
async function openAssessor() {
  const publisher = await openFeedFixture();
  const build = await publisher.build("0.2.0");
  await publisher.feed("release", "--ring", "ring0", "--build", build);
  const store = openSqliteStore(":memory:");
  onTestFinished(store.close);
  for (const machine of MACHINES) await store.enrol(machine, "ring0");
  const policy = await readPolicy();
  if (!policy.ok) throw new Error(policy.error.message);
  const counts = { feed: 0, log: 0, evaluations: 0 };
  const counted: RingStore = {
    ...store,
    decisions: { ...store.decisions, all: () => (counts.log++, store.decisions.all()) },
    // An evaluation calls it once for each ring with a release: here there is one.
    lastCrashAt: (...of) => (counts.evaluations++, store.lastCrashAt(...of)),
  };
  const clock = { now: START };
  const feed = { repo: publisher.repo, keys: publisher.keys, personKeys: [] };
  const ports = { store: counted, feed, policy: policy.value, now: () => clock.now };
  const readFeed = createFeedReader(feed, (...of) => (counts.feed++, loadFeed(...of)));
  const assessor = createRingAssessor(ports, readFeed);
  const latest = async () => {
    const evaluation = await assessor.latest();
    if (!evaluation.ok) throw new Error(evaluation.error.code);
    return evaluation.value;
  };
  return { publisher, build, store, ports, clock, counts, assessor, latest };
}

const halted = (code: string, build: string) => ({ kind: "halt-failed", ring: "ring0", build, code }) as const;

describe("an evaluation of the rings", () => {
  it("verifies the feed and the log once, however often the console is refreshed", async () => {
    const { publisher, build, store, clock, counts, latest } = await openAssessor();
    for (let refresh = 0; refresh < 10; refresh++) {
      await latest();
      clock.now += 5_000;
    }
    expect(counts).toEqual({ feed: 1, log: 1, evaluations: 10 });

    await logDecision(store.decisions, clock.now, halted("X", build));
    for (let refresh = 0; refresh < 5; refresh++) await latest();
    expect([counts.feed, counts.log]).toEqual([1, 2]);

    await publisher.feedAt(NOW + 60, "halt", "--ring", "ring0", "--build", build, "--reason", "No sound");
    for (let refresh = 0; refresh < 5; refresh++) expect(await latest()).toMatchObject({ rings: [{ isHalted: true }] });
    expect([counts.feed, counts.log]).toEqual([2, 2]);
  });

  it("is reused for seconds, and shared by concurrent callers", async () => {
    const { store, clock, counts, latest } = await openAssessor();
    const all = await Promise.all(Array.from({ length: 8 }, latest));
    clock.now += 3_999;
    all.push(await latest());
    expect(new Set(all).size).toBe(1);
    await storeEvents(store, [crashOf(MACHINES[0] as string, 0)]);
    clock.now += 1;
    const next = await latest();
    expect([next.at, next.rings[0]?.halt, counts.evaluations]).toEqual([START + 4_000, true, 2]);
    // After the clock was set back, the evaluation is not reused.
    clock.now = START;
    expect((await latest()).at).toBe(START);
  });

  it("is always new for decisions, and then reused for readers", async () => {
    const { assessor, store, latest } = await openAssessor();
    const before = await latest();
    await storeEvents(store, [crashOf(MACHINES[0] as string, 0)]);
    const evaluated = await assessor.evaluate();
    expect(evaluated).toMatchObject({ ok: true, value: { rings: [{ halt: true }] } });
    expect(before.rings[0]?.halt).toBe(false);
    expect(await latest()).toBe(evaluated.ok && evaluated.value);
  });

  it("writes nothing: the watch copies the enrolments of the register", async () => {
    const { publisher, ports, store, assessor } = await openAssessor();
    await storeEvents(store, [crashOf(MACHINES[0] as string, 0)]);
    const register = await readRegister(publisher.keys);
    if (!register.ok) throw new Error(register.error.message);
    await appendToRegister(publisher.keys, register.value, NOW, ENROLLED);
    store.database.exec("PRAGMA query_only = ON");
    await expect(store.unenrol(PID)).rejects.toThrow("readonly");
    expect(await assessor.evaluate()).toMatchObject({ ok: true, value: { rings: [{ halt: true }] } });
    expect(await assessor.latest()).toMatchObject({ ok: true });
    store.database.exec("PRAGMA query_only = OFF");
    expect(await store.ringOf(PID)).toBeUndefined();

    expect(await watchOnce({ ...ports, assessor })).toMatchObject({ ok: true });
    expect(await store.ringOf(PID)).toBe("ring1");
    const later = { ...ports, now: () => (ENROLLED.exp + 1) * 1_000 };
    expect(await watchOnce({ ...later, assessor })).toMatchObject({ ok: true });
    expect(await store.ringOf(PID)).toBe("ended");
  });

  it("is made by each follower itself, from the database that it shares with the leader", async () => {
    const { ports, build, store, latest } = await openAssessor();
    const follower = createRingAssessor(ports);
    const decisions = async () => {
      const evaluation = await follower.latest();
      return evaluation.ok ? evaluation.value.log.decisions.length : evaluation.error.code;
    };
    expect([(await latest()).log.decisions.length, await decisions()]).toEqual([0, 0]);
    await logDecision(store.decisions, START, halted("X", build));
    expect(await decisions()).toBe(1);
  });

  it("fails if the database fails, and caches no failure", async () => {
    const { store, clock, latest, counts } = await openAssessor();
    await latest();
    clock.now += 5_000;
    store.database.exec("ALTER TABLE slots RENAME TO away");
    await expect(latest()).rejects.toThrow("slots");
    await expect(latest()).rejects.toThrow("slots");
    store.database.exec("ALTER TABLE away RENAME TO slots");
    expect((await latest()).rings).toHaveLength(1);
    expect(counts.feed).toBe(1);
  });
});

describe("a feed that was verified before", () => {
  const [timestamp, anchor] = [join("metadata", "timestamp.json"), "feed-root.json"];

  it.each([
    [
      "a changed byte",
      (path: string) => writeFileSync(path, readFileSync(path, "utf8").replace('"sig":"', '"sig":"0')),
    ],
    ["an added byte", (path: string) => appendFileSync(path, "x")],
    ["a truncated end", (path: string) => truncateSync(path, 100)],
    ["an empty file", (path: string) => truncateSync(path, 0)],
    ["a missing file", (path: string) => rmSync(path)],
  ])("is refused at once after %s", async (_, damage) => {
    const { publisher, assessor, latest } = await openAssessor();
    await latest();
    const path = join(publisher.repo, timestamp);
    const whole = readFileSync(path);
    damage(path);
    expect(await assessor.latest()).toMatchObject({ ok: false });
    expect(await assessor.latest()).toMatchObject({ ok: false });
    writeFileSync(path, whole);
    expect(await assessor.latest()).toMatchObject({ ok: true });
  });

  it("is refused after another anchor, and without its folder", async () => {
    const { publisher, assessor, latest } = await openAssessor();
    await latest();
    const path = join(publisher.keys, "public", anchor);
    const whole = readFileSync(path);
    writeFileSync(path, whole.subarray(1));
    expect(await assessor.latest()).toMatchObject({ ok: false, error: { code: "BAD_TRUST_KEY" } });
    writeFileSync(path, whole);
    expect(await assessor.latest()).toMatchObject({ ok: true });
    renameSync(publisher.repo, publisher.path("elsewhere"));
    expect(await assessor.latest()).toMatchObject({ ok: false, error: { code: "FEED_MISSING" } });
    renameSync(publisher.path("elsewhere"), publisher.repo);
    expect(await assessor.latest()).toMatchObject({ ok: true });
  });
});
