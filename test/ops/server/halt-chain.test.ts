import { createHash } from "node:crypto";
import { mkdtempSync, readFileSync, renameSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it, vi } from "vitest";
import { feedBundlesFolder } from "../../../src-ops/keys/index.ts";
import { readPolicy } from "../../../src-ops/gates/index.ts";
import { alertIncidents } from "../../../src-ops/server/index.ts";
import { EMPTY_LEDGER } from "../../../src-shared/ledger/index.ts";
import type { Ring } from "../../../src-shared/license/index.ts";
import { openFolderSource, readFeed } from "../../../src-shared/node/update-feed/index.ts";
import { decideUpdate, type Version } from "../../../src-shared/updates/index.ts";
import { HOUR_MS } from "../gates/facts.ts";
import { install } from "../../shared/updates/feeds.ts";
import { NOW } from "../feed/support/feed-fixture.ts";
import { alertingTo, webhookSink } from "./sinks.ts";
import { storeEvents } from "./store-events.ts";
import { crashOf, evaluateOnce, MACHINES, openWatched, START } from "./watched-ring.ts";

vi.setConfig({ testTimeout: 120_000, hookTimeout: 120_000 });

const INSTALL = { ...install(), version: "0.1.0" as Version };

type Watched = Awaited<ReturnType<typeof openWatched>>;

/** ring0, ring1 and a tenth of GA run the same build. */
async function openChain() {
  const watched = await openWatched();
  const { publisher, build } = watched;
  const promote = (ring: string, gate: string) =>
    publisher.feed("promote", "--ring", ring, "--build", build, ...publisher.promotionOptions(ring, gate, build));
  await promote("ring1", "ring0");
  await promote("ga", "ring1");
  return { ...watched, promote };
}

/** What a new installation decides about the published feed, when its person asks for the update. */
async function decisionIn(publisher: Watched["publisher"], ring: Ring, hours: number): Promise<string> {
  const store = mkdtempSync(join(publisher.folder, "client-"));
  const anchor = readFileSync(join(publisher.trust, "feed-root.json"));
  const now = NOW + hours * 3_600;
  const source = openFolderSource(publisher.repo);
  const opened = await readFeed({ store, anchor, source, now, signal: new AbortController().signal }, ring);
  if (!opened.ok) return opened.error;
  await opened.value.close();
  const sha256 = (bytes: Uint8Array) => createHash("sha256").update(bytes).digest();
  const decided = decideUpdate(opened.value.feed, EMPTY_LEDGER, INSTALL, "by-hand", now, sha256);
  return decided.kind === "hold" ? decided.reason : decided.kind;
}

const decisionsOf = ({ publisher }: Watched, hours: number) =>
  Promise.all((["ring0", "ring1", "ga"] as const).map((ring) => decisionIn(publisher, ring, hours)));

const halts = async ({ log }: Watched) =>
  (await log()).flatMap((one) => (one.kind === "halt" ? [`${one.ring} after ${one.after ?? "its own gates"}`] : []));

describe("a halt in a ring", () => {
  it("stops the same build in every later ring within the same evaluation, for every client", async () => {
    const chain = await openChain();
    expect(await decisionsOf(chain, 1)).toEqual(["install", "install", "install"]);
    await storeEvents(chain.store, [crashOf(MACHINES[0] as string, 1)]);
    const rings = await chain.evaluate(1.1);
    expect(rings.map(({ ring, isHalted }) => [ring, isHalted])).toEqual([
      ["ring0", true],
      ["ring1", true],
      ["ga", true],
    ]);
    expect(await decisionsOf(chain, 1.1)).toEqual(["HALTED", "HALTED", "HALTED"]);
    expect(await halts(chain)).toEqual(["ring0 after its own gates", "ring1 after ring0", "ga after ring0"]);
    await chain.evaluate(1.2);
    expect(await halts(chain)).toHaveLength(3);
  });

  it("is published for all of these rings in one signed step", async () => {
    const chain = await openChain();
    const version = async () =>
      (await chain.publisher.feed<{ roles: { role: string; version: number }[] }>("status")).roles.find(
        ({ role }) => role === "halt",
      )?.version ?? 0;
    const before = await version();
    await storeEvents(chain.store, [crashOf(MACHINES[0] as string, 1)]);
    await chain.evaluate(1.1);
    expect((await version()) - before).toBe(1);
  });

  it("stops a later ring that would return to the build", async () => {
    const chain = await openChain();
    const { publisher, build } = chain;
    await chain.promote("ga", "ga");
    await chain.promote("ga", "ga");
    const next = await publisher.build("0.3.0");
    for (const ring of ["ring0", "ring1", "ga"]) {
      const gate = ring === "ring1" ? "ring0" : "ring1";
      const options = ring === "ring0" ? [] : publisher.promotionOptions(ring, gate, next);
      await publisher.feed(ring === "ring0" ? "release" : "promote", "--ring", ring, "--build", next, ...options);
    }
    await publisher.feed("halt", "--ring", "ring0", "--build", build, "--reason", "It loses licenses");
    await chain.evaluate(1);
    const { rings } = await publisher.feed<{ rings: Record<string, { halts: { build: string }[] }> }>("status");
    // ring1 runs the next build for everyone and offers nothing else; GA offers the old one to nine tenths.
    expect([rings["ring1"]?.halts, rings["ga"]?.halts.map((halt) => halt.build)]).toEqual([[], [build]]);
  });

  it("by hand, or published by an earlier server, is completed by the next evaluation", async () => {
    const chain = await openChain();
    await chain.publisher.feedAt(NOW + 3_600, "halt", "--ring", "ring0", "--reason", "No sound");
    expect(await decisionsOf(chain, 1)).toEqual(["HALTED", "install", "install"]);
    await chain.evaluate(1.1);
    expect(await decisionsOf(chain, 1.1)).toEqual(["HALTED", "HALTED", "HALTED"]);
    expect(await halts(chain)).toEqual(["ring1 after ring0", "ga after ring0"]);
  });

  it("does not stop an earlier ring, nor another build", async () => {
    const chain = await openChain();
    const fixed = await chain.publisher.build("0.2.1");
    await chain.publisher.feed("release", "--ring", "ring0", "--build", fixed);
    await chain.publisher.feedAt(NOW + 3_600, "halt", "--ring", "ring1", "--reason", "No sound");
    await chain.evaluate(1.1);
    expect(await decisionsOf(chain, 1.1)).toEqual(["install", "HALTED", "HALTED"]);
  });

  it("does not stop a ring whose people resumed or returned to the build afterwards", async () => {
    const chain = await openChain();
    await storeEvents(chain.store, [crashOf(MACHINES[0] as string, 1)]);
    await chain.evaluate(1.1);
    await chain.publisher.feedAt(NOW + 2 * 3_600, "resume", "--ring", "ring1", "--reason", "Only our test computer");
    const rings = await chain.evaluate(2.1);
    expect(rings.map(({ isHalted }) => isHalted)).toEqual([true, false, true]);
    expect(await decisionsOf(chain, 2.1)).toEqual(["HALTED", "install", "HALTED"]);
  });

  it("that cannot be published names who still gets the build, critically, until it is", async () => {
    const chain = await openChain();
    const { publisher, store } = chain;
    await storeEvents(store, [crashOf(MACHINES[0] as string, 1)]);
    const [bundles, away] = [feedBundlesFolder(publisher.keys), publisher.path("away")];
    renameSync(bundles, away);
    const sink = await webhookSink();
    const policy = await readPolicy();
    if (!policy.ok) throw new Error(policy.error.message);
    const feed = { repo: publisher.repo, keys: publisher.keys, personKeys: [] };
    const look = async (hours: number) => {
      const now = () => START + hours * HOUR_MS;
      const looked = await evaluateOnce({ store, feed, policy: policy.value, now });
      if (!looked.ok) throw new Error(looked.error.message);
      await alertIncidents(store, looked.value, alertingTo(sink.url), now(), new AbortController().signal);
      return (await store.incidents.open()).filter(({ kind }) => kind === "halt_incomplete");
    };
    const [incident, ...others] = await look(1.1);
    expect(others).toEqual([]);
    expect(incident?.detail).toContain("NOT_SIGNED");
    expect(incident?.detail).toContain("ring0, 100 % (10 computers)");
    expect(incident?.detail).toContain("ring1, 100 % (0 computers)");
    expect(incident?.detail).toContain("ga, 10 % (0 computers)");
    expect(sink.got.filter(({ text }) => text.includes("[CRITICAL]") && text.includes("halt_incomplete"))).toHaveLength(
      1,
    );
    renameSync(away, bundles);
    expect(await look(1.2)).toEqual([]);
    expect(await halts(chain)).toHaveLength(3);
  });
});
