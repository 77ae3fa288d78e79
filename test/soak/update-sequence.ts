import { deepStrictEqual, ok, strictEqual } from "node:assert/strict";
import { existsSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type { Updates } from "../../src-main/updates/index.ts";
import { compareCounters } from "../../src-shared/ledger/index.ts";
import { DAY, HOUR } from "../../src-shared/units.ts";
import { UpdateFixture } from "../main/updates/update-fixture.ts";
import { answerWith, type Fault, FAULTS, type Serving } from "./update-faults.ts";
import { contentOf, type Truth, UpdatePublisher } from "./update-publisher.ts";

/** The numbers that happenings beside the server's faults have in the list of attacks. */
export const HAPPENING_NUMBERS: readonly number[] = [5, 10, 11, 15, 19, 22, 23, 24, 31, 32, 33, 36, 43];

type Counted = (what: string) => void;
const MOST_STEPS = 16;

/** One computer and one publisher through a random sequence; throws where something does not hold. */
export async function liveThrough(seed: number, count: Counted): Promise<void> {
  const random = randomFrom(seed);
  const cleaning: (() => void | Promise<void>)[] = [];
  const fixture = await UpdateFixture.begin(undefined, (clean) => void cleaning.push(clean));
  try {
    const life = await beginLife(fixture, random, count);
    for (let steps = 6 + random(MOST_STEPS - 6); steps > 0; steps--) await life.step();
    await life.recover();
  } finally {
    for (const clean of cleaning.toReversed()) await clean();
  }
}

async function beginLife(fixture: UpdateFixture, random: (below: number) => number, count: Counted) {
  const publisher = new UpdatePublisher(fixture.repository);
  let restore = () => undefined as void;
  let serving: Serving = { truth: publisher.newest, older: publisher.newest, fault: "none" };
  let vouched: Truth = publisher.newest;
  let stick: Truth | undefined;
  let skew = 0;
  /** The newest published state that this computer has taken. */
  let taken: Truth | undefined;
  let counters = new Map<string, { generation: number; sequence: number }>();
  let updates: Updates = await fixture.start();
  fixture.server.answer = answerWith(
    () => serving,
    (truth) => (vouched = truth),
    random,
  );

  const pick = <T>(from: readonly T[]): T => from[random(from.length)] as T;
  const keepTime = () => (fixture.clock.now = publisher.time + skew);

  async function restart(): Promise<void> {
    await updates.close();
    updates = await fixture.start();
    // As the app does while its window opens.
    await fixture.ledger?.open();
  }

  /** A look or an installation, and what must hold after it. */
  async function ask(from: "web" | "stick", work: () => Promise<unknown>): Promise<void> {
    fixture.timeLimits = ["no end", "drip"].includes(serving.fault) ? { graceMs: 150, bytesPerSecond: 100_000 } : PATIENT;
    const before = { installed: fixture.installed.length, version: fixture.version };
    await work();
    const shown = from === "stick" && stick ? stick : vouched;
    judgeCounters();
    judgeTaken(from, shown);
    for (const one of fixture.installed.slice(before.installed)) judgeInstalled(one, shown, before.version);
    // What was exchanged here lies there until it is asked for; nothing else may.
    for (const content of fixture.waiting())
      ok(content === EXCHANGED || /^bytes of build-\d+$/.test(content), `waiting: ${content}`);
    if (fixture.version !== before.version) await restart();
  }

  function judgeCounters(): void {
    const { roles, rings, halts } = fixture.ledger?.head().updates ?? {};
    const now = new Map<string, { generation: number; sequence: number }>();
    for (const [kind, group] of Object.entries({ roles, rings, halts }))
      for (const [name, counter] of group ?? []) now.set(`${kind} ${name}`, counter);
    for (const [name, counter] of counters) {
      const present = now.get(name);
      ok(present && compareCounters(present, counter) >= 0, `${name} went down`);
    }
    // What cannot be written is known for this session alone, and nothing follows from it.
    if (!fixture.secrets.fault) counters = now;
  }

  function judgeTaken(from: "web" | "stick", shown: Truth): void {
    const { outcome } = updates.view();
    if (outcome?.kind === "problem") return count(`outcome: ${outcome.code}`);
    count(`outcome: ${outcome === null ? "ready" : outcome.kind === "hold" ? `hold ${outcome.reason}` : outcome.kind}`);
    ok(shown.index >= (taken?.index ?? 0), `state ${shown.index} was taken after ${taken?.index}`);
    ok(from === "stick" || shown.expires > fixture.clock.now, "an expired feed was taken");
    taken = shown;
  }

  function judgeInstalled(one: UpdateFixture["installed"][number], shown: Truth, from: string): void {
    const build = Number(one.version.split(".")[0]);
    count("installed");
    deepStrictEqual([one.content, one.isIntact], [contentOf(build), true]);
    ok(shown.listed.has(build), `build ${build} is not listed`);
    ok(shown.meant.includes(build), `build ${build} was not meant`);
    ok(!shown.revoked.has(build), `build ${build} is revoked`);
    ok(build >= shown.floor, `build ${build} is below the floor`);
    ok(shown.halted !== build, `build ${build} is halted`);
    if (shown.kind !== "rollback") ok(build > Number(from.split(".")[0]), `${from} went down to ${build}`);
  }

  const look = () => ask("web", () => updates.check("web", pick(["by-itself", "by-hand"] as const)));
  async function install(from: "web" | "stick"): Promise<void> {
    if (updates.view().now.stage === "ready") return ask(from, () => updates.install());
    // Nobody looks then, and nothing may happen.
    deepStrictEqual(await updates.install(), { ok: false, error: "NOTHING_READY" });
  }
  const waitsFrom = (): "web" | "stick" => {
    const { now } = updates.view();
    return now.stage === "ready" ? now.offer.from : "web";
  };

  const ships = {
    "ships to some": () => publisher.ship(pick([0, 1000, 5000])),
    "ships to all": () => publisher.ship(10_000),
    halts: () => publisher.stop(),
    resumes: () => publisher.goOn(),
    "goes back": () => publisher.goBack(),
    "revokes a build": () => publisher.revoke(),
    "raises the floor": () => publisher.raiseFloor(),
    refreshes: () => publisher.refresh(),
    "replaces the ring's keys": () => publisher.replaceRingKeys(),
    "loses the server's keys and replaces them": () => publisher.loseServerKeys(),
    "a thief of the ring's keys names what nobody listed": () => publisher.misuseRingKey(),
  };

  const happenings = {
    "the server is honest": () => serve("none"),
    "the server is frozen": () => void (serving = { ...serving, truth: pick(publisher.published), fault: "none" }),
    "the clock jumps": () => void (skew = pick([0, -30 * DAY, -2 * HOUR, HOUR, 3 * DAY, 400 * DAY])),
    "time passes": () => void (publisher.time += random(DAY + DAY / 2)),
    "the app starts again": restart,
    "the network is away for a look": async () => {
      fixture.isOnline = false;
      await look();
      fixture.isOnline = true;
    },
    "the keychain is locked for a look": async () => {
      fixture.secrets.fault = "STORE_LOCKED";
      await look();
      fixture.secrets.fault = undefined;
    },
    "the system refuses to install": async () => {
      fixture.installs = false;
      await install(waitsFrom());
      fixture.installs = true;
    },
    "the waiting file is exchanged": async () => {
      await look();
      for (const path of waitingPaths(fixture)) writeFileSync(path, EXCHANGED);
      await install(waitsFrom());
    },
    "the metadata are deleted": () => rmSync(join(fixture.data, "metadata"), { recursive: true, force: true }),
    "the root is torn": () => {
      if (existsSync(join(fixture.data, "metadata")))
        writeFileSync(join(fixture.data, "metadata", "root.json"), '{"sig');
    },
    "a backup is made": () => void (restore = fixture.backup()),
    "a backup is restored": async () => {
      await updates.close();
      restore();
      await restart();
    },
    "a stick comes": async () => {
      stick = pick(publisher.published);
      fixture.stickRoot = fixture.exportToStick(stick.files);
      await ask("stick", () => updates.check("stick", "by-hand"));
    },
  };

  function serve(fault: Fault): void {
    serving = { truth: publisher.newest, older: pick(publisher.published), fault };
    count(`fault: ${fault}`);
  }

  async function step(): Promise<void> {
    const isShipping = random(2) === 0;
    const [what, happen] = pick(Object.entries<() => unknown>(isShipping ? ships : happenings));
    count(`happens: ${what}`);
    await happen();
    keepTime();
    // Some of it is served at once, and one time in three by a server that strikes.
    if (isShipping && random(4) > 0) serve(random(3) === 0 ? pick(Object.keys(FAULTS) as Fault[]) : "none");
    if (random(4) > 0) await look();
    if (random(2) > 0) await install(waitsFrom());
  }

  /** The feed is honest again, and the clock right: everybody gets what is shipped now. */
  async function recover(): Promise<void> {
    skew = 0;
    fixture.stickRoot = undefined;
    const build = publisher.shipForAll();
    serve("none");
    keepTime();
    // A keychain that was locked is asked again when the app starts, or when a person asks.
    const isRestarted = random(2) === 0;
    if (isRestarted) await restart();
    await ask("web", () => updates.check("web", isRestarted ? "by-itself" : "by-hand"));
    const { now, outcome } = updates.view();
    ok(now.stage === "ready" && now.offer.version === `${build}.0.0`, `no recovery: ${JSON.stringify(outcome)}`);
    await install("web");
    strictEqual(fixture.version, `${build}.0.0`);
  }

  return { step, recover };
}

const EXCHANGED = "bytes of a thief";
const PATIENT = { graceMs: 5000, bytesPerSecond: 1000 };

function waitingPaths(fixture: UpdateFixture): string[] {
  if (!existsSync(fixture.pending)) return [];
  const files = readdirSync(fixture.pending, { recursive: true, withFileTypes: true });
  return files.filter((file) => file.isFile()).map((file) => join(file.parentPath, file.name));
}

/** The same numbers for the same seed (mulberry32): whole, from 0 to below the bound. */
function randomFrom(seed: number): (below: number) => number {
  let state = seed >>> 0;
  return (below) => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return Math.floor((((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32) * below);
  };
}
