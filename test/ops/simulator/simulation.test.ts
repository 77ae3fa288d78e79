import { describe, expect, it } from "vitest";
import { countsOf } from "../../../src-ops/gates/counters.ts";
import { randomSourceOf } from "../../../src-ops/simulator/random-source.ts";
import { simulateRelease } from "../../../src-ops/simulator/fleet.ts";
import { simulateFleets, simulate } from "../../../src-ops/simulator/simulate.ts";
import type { Conditions } from "../../../src-ops/simulator/scenario.ts";
import { stateOfTally } from "../../../src-ops/simulator/tally-state.ts";
import { defaultPolicy } from "../gates/facts.ts";

const policy = defaultPolicy();
const GOOD_RELEASE: Conditions = { errorRate: 0.0002, prevalence: 1, loss: 0, delayHours: 0, skewHours: 0, offline: 0 };

const run = (ring: "ring0" | "ring1", fleets: number, conditions: Partial<Conditions>) =>
  simulate(
    { ring, policy, seed: 2, path: "fast", conditions: { ...GOOD_RELEASE, ...conditions } },
    fleets,
    new AbortController().signal,
  );

describe("the fast path", () => {
  // A hundred days of raw events take seconds, so each condition is tried once.
  const conditions: { name: string; ring?: "ring1"; conditions: Partial<Conditions> }[] = [
    { name: "a good release", conditions: {} },
    { name: "a bad one", conditions: { errorRate: 0.01 } },
    {
      name: "one in between, with delays, losses and wrong clocks",
      conditions: { errorRate: 0.002, loss: 0.1, delayHours: 4, skewHours: 50 },
    },
    { name: "a fault of few computers", conditions: { errorRate: 0.05, prevalence: 0.2 } },
    { name: "computers that never report", conditions: { errorRate: 0.003, offline: 0.2 } },
    { name: "pilots", ring: "ring1", conditions: {} },
  ];
  it.each(conditions)(
    "gives the same result as raw events: $name",
    { timeout: 120_000 },
    async ({ ring, conditions: more }) => {
      const resultOf = (path: "fast" | "full") =>
        simulateRelease(ring ?? "ring0", policy, 7, 0, { ...GOOD_RELEASE, ...more }, path);
      expect(await resultOf("fast")).toEqual(await resultOf("full"));
    },
  );

  it("counts a tally like a state", () => {
    const counts = { start: 1, play: 2, seek: 3, verdict: 4, unlock: 5 };
    const tally = { ok: counts, failed: { ...counts, start: 0 } };
    expect(countsOf(stateOfTally(tally, 3, 0)).sessions).toBe(1);
  });
});

describe("the policy that ships", () => {
  it("passes a good release and hardly ever halts it", { timeout: 120_000 }, async () => {
    const { passed, halted } = await run("ring0", 400, {});
    expect(passed).toBeGreaterThanOrEqual(0.95);
    expect(halted).toBeLessThanOrEqual(0.02);
  });

  it("halts 1 % failures within hours, and never passes 0.3 %", { timeout: 120_000 }, async () => {
    const bad = await run("ring0", 400, { errorRate: 0.01 });
    expect(bad.halted).toBeGreaterThanOrEqual(0.99);
    expect(bad.medianHoursToHalt).toBeLessThan(4);
    expect((await run("ring0", 400, { errorRate: 0.003 })).passed).toBe(0);
  });

  it("can pass ring1 with four pilots", { timeout: 120_000 }, async () => {
    expect((await run("ring1", 60, {})).passed).toBeGreaterThan(0.8);
  });

  it("does not pass a ring in which computers are silent or all events are lost", { timeout: 120_000 }, async () => {
    const silent = await run("ring0", 100, { errorRate: 0, offline: 0.4 });
    expect(silent.passed).toBeLessThan(0.1);
    expect((await run("ring0", 10, { errorRate: 0, loss: 1 })).passed).toBe(0);
  });

  it("gives the same result for any number of threads", async () => {
    const simulation = {
      ring: "ring0",
      policy,
      seed: 2,
      path: "fast",
      conditions: { ...GOOD_RELEASE, errorRate: 0.002 },
    } as const;
    const alone = (await simulateFleets(simulation, 0, 40)).filter(({ outcome }) => outcome === "halted");
    expect(alone.length).toBeGreaterThan(0);
    expect((await run("ring0", 40, { errorRate: 0.002 })).halted).toBe(alone.length / 40);
  });
});

describe("the random source", () => {
  it("has the expected means", () => {
    const random = randomSourceOf(1, 2);
    const many = Array.from({ length: 100_000 });
    const mean = (draw: () => number) => many.reduce<number>((sum) => sum + draw(), 0) / many.length;
    expect(mean(() => random.share())).toBeCloseTo(0.5, 2);
    expect(mean(() => random.count(1.7))).toBeCloseTo(1.7, 1);
    expect(mean(() => random.successes(0.1))).toBeCloseTo(9, 0);
    expect(mean(() => random.wait(3))).toBeCloseTo(3, 1);
    expect(random.successes(0)).toBe(Infinity);
  });
});
