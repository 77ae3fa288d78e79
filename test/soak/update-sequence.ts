import { deepStrictEqual, ok, strictEqual } from "node:assert/strict";
import { existsSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type { Updates } from "../../src-main/updates/index.ts";
import { compareCounters } from "../../src-shared/ledger/index.ts";
import { DAY, HOUR } from "../../src-shared/units.ts";
import { UpdateFixture } from "../main/updates/update-fixture.ts";
import { answerWith, type Fault, FAULTS, type Serving } from "./update-faults.ts";
import { contentOf, type PublishedState, UpdatePublisher } from "./update-publisher.ts";

/** The numbers, in the list of attacks, of the events other than the server's faults. */
export const EVENT_ATTACK_NUMBERS: readonly number[] = [5, 10, 11, 15, 19, 22, 23, 24, 31, 32, 33, 36, 43];

type Counted = (what: string) => void;
const MOST_STEPS = 16;

/** Runs one computer and one publisher through a random sequence; throws if a check fails. */
export async function runSequence(seed: number, count: Counted): Promise<void> {
  const random = randomFrom(seed);
  const cleaning: (() => void | Promise<void>)[] = [];
  const fixture = await UpdateFixture.begin(undefined, (clean) => void cleaning.push(clean));
  try {
    const sequence = await openSequence(fixture, random, count);
    for (let steps = 6 + random(MOST_STEPS - 6); steps > 0; steps--) await sequence.step();
    await sequence.recover();
  } finally {
    for (const clean of cleaning.toReversed()) await clean();
  }
}

async function openSequence(fixture: UpdateFixture, random: (below: number) => number, count: Counted) {
  const publisher = new UpdatePublisher(fixture.repository);
  let restore = () => undefined as void;
  let serving: Serving = { state: publisher.newest, older: publisher.newest, fault: "none" };
  let lastServed: PublishedState = publisher.newest;
  let stick: PublishedState | undefined;
  let skew = 0;
  /** The newest published state that this computer has accepted. */
  let accepted: PublishedState | undefined;
  let counters = new Map<string, { generation: number; sequence: number }>();
  let updates: Updates = await fixture.start();
  fixture.server.answer = answerWith(
    () => serving,
    (state) => (lastServed = state),
    random,
  );

  const pick = <T>(from: readonly T[]): T => from[random(from.length)] as T;
  const keepTime = () => (fixture.clock.now = publisher.time + skew);

  async function restart(): Promise<void> {
    await updates.close();
    updates = await fixture.start();
    // As the app does when its window opens.
    await fixture.ledger?.open();
  }

  /** Runs an update check or an installation, and the checks after it. */
  async function runAndCheck(from: "web" | "stick", work: () => Promise<unknown>): Promise<void> {
    fixture.timeLimits = ["endless", "drip"].includes(serving.fault)
      ? { graceMs: 150, bytesPerSecond: 100_000 }
      : PATIENT;
    const before = { installed: fixture.installed.length, version: fixture.version };
    await work();
    const served = from === "stick" && stick ? stick : lastServed;
    checkCounters();
    checkAccepted(from, served);
    for (const one of fixture.installed.slice(before.installed)) checkInstalled(one, served, before.version);
    // A file replaced by the test stays until it is used; no other unknown file may be there.
    for (const content of fixture.waiting())
      ok(content === REPLACED || /^bytes of build-\d+$/.test(content), `waiting: ${content}`);
    if (fixture.version !== before.version) await restart();
  }

  function checkCounters(): void {
    const { roles, rings, halts, halted } = fixture.ledger?.head().updates ?? {};
    const now = new Map<string, { generation: number; sequence: number }>();
    for (const [kind, group] of Object.entries({ roles, rings, halts, halted }))
      for (const [name, counter] of group ?? []) now.set(`${kind} ${name}`, counter);
    for (const [name, counter] of counters) {
      const present = now.get(name);
      ok(present && compareCounters(present, counter) >= 0, `${name} went down`);
    }
    // Counters that cannot be written are known only in this session, so they are not compared later.
    if (!fixture.secrets.fault) counters = now;
  }

  function checkAccepted(from: "web" | "stick", served: PublishedState): void {
    const { outcome } = updates.view();
    if (outcome?.kind === "problem") return count(`outcome: ${outcome.code}`);
    count(`outcome: ${outcome === null ? "ready" : outcome.kind === "hold" ? `hold ${outcome.reason}` : outcome.kind}`);
    ok(served.index >= (accepted?.index ?? 0), `state ${served.index} was accepted after ${accepted?.index}`);
    ok(from === "stick" || served.expires > fixture.clock.now, "an expired feed was accepted");
    accepted = served;
  }

  function checkInstalled(one: UpdateFixture["installed"][number], served: PublishedState, from: string): void {
    const build = Number(one.version.split(".")[0]);
    count("installed");
    deepStrictEqual([one.content, one.isIntact], [contentOf(build), true]);
    ok(served.listed.has(build), `build ${build} is not listed`);
    ok(served.offered.includes(build), `build ${build} was not offered`);
    ok(!served.revoked.has(build), `build ${build} is revoked`);
    ok(build >= served.floor, `build ${build} is below the floor`);
    ok(!served.halted.has(build), `build ${build} is halted`);
    if (served.kind !== "rollback") ok(build > Number(from.split(".")[0]), `${from} went down to ${build}`);
  }

  const checkFeed = () => runAndCheck("web", () => updates.check("web", pick(["by-itself", "by-hand"] as const)));
  async function install(from: "web" | "stick"): Promise<void> {
    if (updates.view().now.stage === "ready") return runAndCheck(from, () => updates.install());
    // Nothing is ready, so nothing may be installed.
    deepStrictEqual(await updates.install(), { ok: false, error: "NOTHING_READY" });
  }
  const readySource = (): "web" | "stick" => {
    const { now } = updates.view();
    return now.stage === "ready" ? now.offer.from : "web";
  };

  const publications = {
    "ships to some": () => publisher.ship(pick([0, 1000, 5000])),
    "ships to all": () => publisher.ship(10_000),
    halts: () => publisher.haltRelease(),
    resumes: () => publisher.resume(),
    "rolls back": () => publisher.rollBack(),
    "revokes a build": () => publisher.revoke(),
    "raises the floor": () => publisher.raiseFloor(),
    refreshes: () => publisher.refresh(),
    "replaces the ring's keys": () => publisher.replaceRingKeys(),
    "loses the server's keys and replaces them": () => publisher.loseServerKeys(),
    "a thief of the ring's keys releases an unlisted build": () => publisher.misuseRingKey(),
  };

  const events = {
    "the server is honest": () => serve("none"),
    "the server is frozen": () => void (serving = { ...serving, state: pick(publisher.published), fault: "none" }),
    "the clock jumps": () => void (skew = pick([0, -30 * DAY, -2 * HOUR, HOUR, 3 * DAY, 400 * DAY])),
    "time passes": () => void (publisher.time += random(DAY + DAY / 2)),
    "the app starts again": restart,
    "the network is down for one check": async () => {
      fixture.isOnline = false;
      await checkFeed();
      fixture.isOnline = true;
    },
    "the keychain is locked for one check": async () => {
      fixture.secrets.fault = "STORE_LOCKED";
      await checkFeed();
      fixture.secrets.fault = undefined;
    },
    "the system refuses to install": async () => {
      fixture.installs = false;
      await install(readySource());
      fixture.installs = true;
    },
    "the waiting file is replaced": async () => {
      await checkFeed();
      for (const path of waitingPaths(fixture)) writeFileSync(path, REPLACED);
      await install(readySource());
    },
    "the metadata are deleted": () => rmSync(join(fixture.data, "metadata"), { recursive: true, force: true }),
    "the root is truncated": () => {
      if (existsSync(join(fixture.data, "metadata")))
        writeFileSync(join(fixture.data, "metadata", "root.json"), '{"sig');
    },
    "a backup is made": () => void (restore = fixture.backup()),
    "a backup is restored": async () => {
      await updates.close();
      restore();
      await restart();
    },
    "a stick is inserted": async () => {
      stick = pick(publisher.published);
      fixture.stickRoot = fixture.exportToStick(stick.files);
      await runAndCheck("stick", () => updates.check("stick", "by-hand"));
    },
  };

  function serve(fault: Fault): void {
    serving = { state: publisher.newest, older: pick(publisher.published), fault };
    count(`fault: ${fault}`);
  }

  async function step(): Promise<void> {
    const isShipping = random(2) === 0;
    const [what, run] = pick(Object.entries<() => unknown>(isShipping ? publications : events));
    count(`happens: ${what}`);
    await run();
    keepTime();
    // Most publications are served at once, one time in three by a faulty server.
    if (isShipping && random(4) > 0) serve(random(3) === 0 ? pick(Object.keys(FAULTS) as Fault[]) : "none");
    if (random(4) > 0) await checkFeed();
    if (random(2) > 0) await install(readySource());
  }

  /** With an honest feed and a correct clock again, every install gets the build that is released now. */
  async function recover(): Promise<void> {
    skew = 0;
    fixture.stickRoot = undefined;
    const build = publisher.shipForAll();
    serve("none");
    keepTime();
    // A locked keychain is tried again when the app starts, or when the user checks for updates.
    const isRestarted = random(2) === 0;
    if (isRestarted) await restart();
    await runAndCheck("web", () => updates.check("web", isRestarted ? "by-itself" : "by-hand"));
    const { now, outcome } = updates.view();
    ok(now.stage === "ready" && now.offer.version === `${build}.0.0`, `no recovery: ${JSON.stringify(outcome)}`);
    await install("web");
    strictEqual(fixture.version, `${build}.0.0`);
  }

  return { step, recover };
}

const REPLACED = "bytes of a thief";
const PATIENT = { graceMs: 5000, bytesPerSecond: 1000 };

function waitingPaths(fixture: UpdateFixture): string[] {
  if (!existsSync(fixture.pending)) return [];
  const files = readdirSync(fixture.pending, { recursive: true, withFileTypes: true });
  return files.filter((file) => file.isFile()).map((file) => join(file.parentPath, file.name));
}

/** A random generator with a seed (mulberry32): integers from 0 to below the bound. */
function randomFrom(seed: number): (below: number) => number {
  let state = seed >>> 0;
  return (below) => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return Math.floor((((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32) * below);
  };
}
