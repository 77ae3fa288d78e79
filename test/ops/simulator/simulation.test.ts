import { describe, expect, it } from "vitest";
import type { Policy } from "../../../src-ops/gates/index.ts";
import {
  missedExpectations,
  type Scenario,
  shippedScenarios,
  simulate,
  summaryOf,
} from "../../../src-ops/simulator/index.ts";
import { readScenario } from "../../../src-ops/simulator/scenario-file.ts";
import { simulateFleet } from "../../../src-ops/simulator/simulate-fleet.ts";
import { simulateFleets } from "../../../src-ops/simulator/simulate.ts";
import { defaultPolicy } from "../gates/facts.ts";

const policy = defaultPolicy();

async function scenarioOf(name: string): Promise<Scenario> {
  const file = await readScenario(name);
  if (!file.ok) throw new Error(file.error.message);
  return file.value.scenario;
}

const run = (scenario: Scenario, fleets: number, other: Policy = policy) =>
  simulateFleets({ simulation: { scenario, policy: other, seed: 2, path: "fast" }, from: 0, to: fleets });

const PROMOTED = {
  operations: 6_000,
  failed: 1,
  attempts: 1_800,
  attemptsFailed: 0,
  starts: 100,
  slowStarts: 0,
  verdicts: 400,
  slowVerdicts: 0,
};

/** The same scenario with few computers, a short watch and a short time before: a look every five minutes takes its time. */
function shortened(scenario: Scenario): Scenario {
  const groups = scenario.groups.map((group) => ({ ...group, count: Math.ceil(group.count / 12) }));
  return {
    ...scenario,
    watchHours: Math.min(scenario.watchHours ?? 168, 51),
    before: { ...scenario.before, days: 3 },
    groups: scenario.ring === "ga" ? groups : scenario.groups,
    basisPoints: scenario.ring === "ga" ? 5_000 : undefined,
    promotedWith: scenario.ring === "ring1" ? PROMOTED : scenario.promotedWith,
  };
}

describe("the fast path", () => {
  it.each(shippedScenarios())(
    "gives the same result as bytes and a look every five minutes: %s",
    async (name) => {
      const scenario = shortened(await scenarioOf(name));
      await expectSame(scenario, 7);
    },
    120_000,
  );

  it("gives the same result with pilots after their staff, for two weeks", { timeout: 120_000 }, async () => {
    await expectSame(await scenarioOf("ring1-good"), 7);
  });

  async function expectSame(scenario: Scenario, seed: number): Promise<void> {
    const [fast, full] = [
      await simulateFleet(scenario, policy, seed, 0, "fast"),
      await simulateFleet(scenario, policy, seed, 0, "full"),
    ];
    expect({ ...fast, found: [] }).toEqual({ ...full, found: [] });
    // With fewer looks it can only see less.
    expect(full.found).toEqual(expect.arrayContaining([...fast.found]));
  }
});

describe("a scenario", () => {
  it("gives the same result for any number of threads", async () => {
    const scenario = { ...(await scenarioOf("ring0-3-per-mille")), watchHours: 30 };
    const simulation = { scenario, policy, seed: 2, path: "fast" } as const;
    const alone = await simulateFleets({ simulation, from: 0, to: 40 });
    expect(summaryOf(alone).halted).toBeGreaterThan(0);
    expect(await simulate(simulation, 40, new AbortController().signal)).toEqual(alone);
  });

  it("ends at once when it is aborted", async () => {
    const stopped = new AbortController();
    const simulation = { scenario: await scenarioOf("ring0-good"), policy, seed: 1, path: "full" } as const;
    const running = simulate(simulation, 100_000, stopped.signal);
    stopped.abort(new Error("stopped"));
    await expect(running).rejects.toThrow("stopped");
  });

  it("never passes a ring of which all reports are lost", async () => {
    const scenario = await scenarioOf("ring0-flawless");
    const lost = { ...scenario, groups: scenario.groups.map((group) => ({ ...group, loss: 1 })) };
    const { passed, heldBy } = summaryOf(await run(lost, 2));
    expect(passed).toBe(0);
    expect(heldBy.reporting).toBe(1);
  });
});

// Chance alone makes one of these red less than once in a million runs, whatever the seed.
const CONFIDENCE = 1 - 1e-8;

describe("the policy that ships", () => {
  const quick: readonly (readonly [name: string, fleets: number])[] = [
    ["ring0-good", 40],
    ["ring0-3-per-mille", 30],
    ["ring0-1-percent", 40],
    ["ring0-one-bad-machine", 20],
    ["ring0-installed-but-dead", 10],
    ["ring0-crashes", 20],
    ["ring0-slow-start", 20],
    ["ring0-memory-grows", 20],
    ["ring1-low-score", 10],
    ["ga-10-flawless", 5],
    ["ga-crash-storm", 5],
  ];

  it.each(quick)("behaves as its scenario expects: %s", { timeout: 120_000 }, async (name, fleets) => {
    const scenario = await scenarioOf(name);
    const missed = missedExpectations(scenario.expected, await run(scenario, fleets), CONFIDENCE);
    expect(missed.filter(({ isCertain }) => isCertain)).toEqual([]);
  });

  it("would be noticed if it were ten times as generous", { timeout: 120_000 }, async () => {
    const generous = structuredClone(policy);
    generous.rings.ring0.errors.below = 0.01;
    const scenario = await scenarioOf("ring0-at-the-limit");
    const missed = missedExpectations(scenario.expected, await run(scenario, 20, generous), CONFIDENCE);
    const certain = missed.filter(({ isCertain }) => isCertain).map(({ expectation }) => expectation);
    expect(certain).toEqual(["passAtMost"]);
  });
});
