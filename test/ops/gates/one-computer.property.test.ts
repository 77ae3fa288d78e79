import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import { type Counters, judgeRelease, NO_COUNTS } from "../../../src-ops/gates/index.ts";
import type { ReleaseFacts } from "../../../src-ops/gates/facts.ts";
import { parsePolicy } from "../../../src-ops/gates/policy.ts";
import { haltingEvidence } from "../../../src-ops/gates/halting.ts";
import { logLikelihoodRatio, worseThan } from "../../../src-ops/gates/evidence.ts";
import {
  DAY_MS,
  defaultPolicy,
  FIRST_DAY,
  greenRing1,
  machine,
  NOTHING_REFUSED,
  onDay,
  POLICY_BYTES,
  SINCE,
} from "./facts.ts";

const { rings } = defaultPolicy();
const RUNS = 3_000;

/** Everything that one computer can say. Large numbers are as likely as small ones. */
type Said = {
  readonly counts: Counters;
  readonly recent: Counters;
  readonly attempts: readonly { readonly attempts: number; readonly attemptsFailed: number }[];
  readonly score: number | null;
  readonly genuine: boolean;
};

const anySize = fc.oneof(fc.nat(5), fc.nat(200), fc.nat(10_000), fc.nat(2 ** 40));
const sampled = (most: fc.Arbitrary<number>) =>
  fc.tuple(most, fc.double({ min: 0, max: 1, noNaN: true }), fc.boolean()).map(([of, share, fine]) => {
    return { of, failed: fine ? 0 : Math.round(of * share * share) };
  });

const said: fc.Arbitrary<Said> = fc
  .record({
    operations: sampled(anySize),
    recent: sampled(anySize),
    windows: fc.array(sampled(anySize), { minLength: 2, maxLength: 2 }),
    crashes: fc.oneof(fc.constant(0), fc.constant(0), anySize),
    score: fc.option(fc.nat(10)),
    genuine: fc.boolean(),
  })
  .map(({ operations, recent, windows, crashes, score, genuine }) => ({
    counts: {
      ...NO_COUNTS,
      operations: operations.of,
      failed: operations.failed,
      uptimeMs: operations.of,
      crashes,
      sessions: operations.of % 500,
    },
    recent: { ...NO_COUNTS, operations: recent.of, failed: recent.failed },
    attempts: windows.map(({ of, failed }) => ({ attempts: of, attemptsFailed: failed })),
    score,
    genuine,
  }));

const ring = fc.constantFrom("ring1" as const, "ga" as const);

function factsOf(name: "ring1" | "ga", all: readonly Said[]): ReleaseFacts {
  const names = all.map((_, index) => machine(index).machine);
  const named = <T>(of: (one: Said) => T) => all.map((one, index) => ({ machine: names[index] as string, ...of(one) }));
  const scores = all.flatMap(({ score }) => (score === null ? [] : [score]));
  // As the store: only half hours in which enough computers failed.
  const needed = Math.max(1, rings[name].machines.haltComputers - 1);
  const windows = [0, 1]
    .map((at) => ({ at: SINCE + at, computers: named(({ attempts }) => attempts[at] as Said["attempts"][number]) }))
    .filter(({ computers }) => computers.filter(({ attemptsFailed }) => attemptsFailed > 0).length >= needed);
  return {
    ...greenRing1(),
    ring: name,
    machines: names.map((_, index) => machine(index)),
    counts: named(({ counts }) => ({ counts })),
    days: onDay(named(({ counts }) => ({ counts }))),
    recent: named(({ recent }) => ({ counts: recent })),
    windows,
    scores,
    asked: all.length,
    security: { ...NOTHING_REFUSED, genuineMachines: all.filter(({ genuine }) => genuine).length },
  };
}

const outcomes = (facts: ReleaseFacts) =>
  new Map(judgeRelease(facts, rings[facts.ring]).gates.map(({ gate, outcome }) => [gate, outcome]));

const replaced = (all: readonly Said[], lies: readonly Said[]) => [...lies, ...all.slice(lies.length)];

describe("up to k - 1 computers of ring1 and GA, whatever they say", () => {
  it(`turn no gate from pass to halt, in ${RUNS} rings`, () => {
    let passed = 0;
    fc.assert(
      fc.property(
        ring,
        fc.array(said, { minLength: 3, maxLength: 9 }),
        fc.array(said, { maxLength: 2 }),
        (of, all, lies) => {
          const before = outcomes(factsOf(of, all));
          const after = outcomes(factsOf(of, replaced(all, lies.slice(0, rings[of].machines.haltComputers - 1))));
          for (const [gate, outcome] of before) {
            if (outcome !== "pass") continue;
            passed++;
            expect(after.get(gate), gate).not.toBe("halt");
          }
        },
      ),
      { numRuns: RUNS },
    );
    // The property says something only if gates pass.
    expect(passed).toBeGreaterThan(RUNS);
  });

  it(`prevent no halt that the others cause even without their k - 1 worst, in ${RUNS} rings`, () => {
    let halted = 0;
    const failing = sampled(fc.integer({ min: 20, max: 300 })).map(({ of }) => ({
      ...NO_COUNTS,
      operations: of,
      failed: Math.ceil(of / 10),
    }));
    fc.assert(
      fc.property(
        ring,
        fc.array(said, { maxLength: 3 }),
        fc.array(failing, { minLength: 4, maxLength: 6 }),
        fc.array(said, { minLength: 2, maxLength: 2 }),
        (of, others, bad, lies) => {
          const { machines, errors, evidence } = rings[of];
          const worst = machines.haltComputers - 1;
          const fine = { recent: NO_COUNTS, attempts: [NO_COUNTS, NO_COUNTS], score: null, genuine: false };
          const honest = [...others, ...bad.map((counts): Said => ({ ...fine, counts }))];
          // One component after the other without its k - 1 worst computers, and nothing for those that are silent.
          const components = worseThan(errors.below).map((share) => {
            const logs = honest
              .map(({ counts }) =>
                logLikelihoodRatio(share, errors.below)({ failed: counts.failed, of: counts.operations }),
              )
              .toSorted((a, b) => a - b);
            return Math.exp(logs.slice(0, logs.length - worst).reduce((total, one) => total + one, 0));
          });
          const days = Math.ceil(rings[of].longestHours / 24);
          const sum = components.reduce((total, one) => total + one, 0) / components.length;
          fc.pre((sum + days - 1) / days >= evidence.halt * (1 + 1e-9));
          halted++;
          expect(outcomes(factsOf(of, [...honest, ...lies.slice(0, worst)])).get("sequential")).toBe("halt");
        },
      ),
      { numRuns: RUNS, maxSkipsPerRun: 1_000 },
    );
    expect(halted).toBeGreaterThanOrEqual(RUNS);
  });

  it("cannot drown failures of others in what they claim", () => {
    fc.assert(
      fc.property(ring, fc.integer({ min: 3, max: 9 }), said, (of, count, lie) => {
        const fine: Said = { ...lie, counts: { ...NO_COUNTS, operations: 300, failed: 2 }, genuine: false };
        const all = Array.from({ length: count }, () => fine);
        expect(outcomes(factsOf(of, [...all, lie])).get("errors")).not.toBe("pass");
      }),
      { numRuns: RUNS },
    );
  });
});

describe("the evidence for a halt", () => {
  const limit = 0.001;
  const test = (computers: number, ringSize: number) => ({
    components: worseThan(limit).map((share) => logLikelihoodRatio(share, limit)),
    sampleOf: (day: { failed: number; operations: number }) => ({ failed: day.failed, of: day.operations }),
    needed: 100,
    horizon: 7,
    computers,
    ringSize,
  });
  const day = (number: number, index: number, operations: number, failed: number) => ({
    machine: machine(number).machine,
    day: FIRST_DAY + index * DAY_MS,
    operations,
    failed,
    sessions: 0,
    crashes: 0,
  });
  const ratio = (failed: number, of: number) =>
    worseThan(limit).reduce((sum, share) => sum + Math.exp(logLikelihoodRatio(share, limit)({ failed, of })), 0) / 5;

  it("is the mean over the days on which a fault can begin", () => {
    const days = [day(0, 0, 1_000, 0), day(0, 2, 300, 2), day(1, 2, 100, 1)];
    const expected = (ratio(3, 1_400) + ratio(3, 400) + 5) / 7;
    expect(haltingEvidence(days, test(1, 2)).evidence).toBeCloseTo(expected, 9);
    expect(haltingEvidence([], test(1, 2))).toEqual({ outcome: "pass", evidence: 1 });
  });

  it("of two computers that must agree leaves out the worst one, and the best one if enough are left", () => {
    const days = [day(0, 0, 100, 50), day(1, 0, 100, 4), day(2, 0, 100, 3), day(3, 0, 1_000, 0)];
    const middle = (ratio(7, 200) + 6) / 7;
    expect(haltingEvidence(days, test(2, 4)).evidence).toBeCloseTo(Math.min(middle, 1e6), 6);
    // Of two computers, the worst one is left out and the other one is not.
    expect(haltingEvidence(days.slice(0, 2), test(2, 2)).evidence).toBeCloseTo((ratio(4, 100) + 6) / 7, 6);
    // Silent computers say nothing, and are left out first.
    expect(haltingEvidence(days.slice(0, 2), test(2, 3)).evidence).toBeCloseTo((ratio(4, 100) + 6) / 7, 6);
  });
});

describe("a policy that lets one computer halt a release for clients", () => {
  type Json = { rings: Record<string, { machines: { haltComputers: number } }> };
  const withComputers = (name: string, computers: number) => {
    const json = JSON.parse(POLICY_BYTES.toString("utf8")) as Json;
    json.rings[name]!.machines.haltComputers = computers;
    return parsePolicy(new TextEncoder().encode(JSON.stringify(json))).ok;
  };
  it.each([
    ["ring0", 1, true],
    ["ring1", 1, false],
    ["ring1", 2, true],
    ["ga", 2, false],
    ["ga", 3, true],
  ])("is judged in %s with %i", (name, computers, isAccepted) => {
    expect(withComputers(name, computers)).toBe(isAccepted);
  });
});
