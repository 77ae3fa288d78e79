import { describe, expect, it } from "vitest";
import { type GateName, judgeRelease, NO_COUNTS, plausiblePart } from "../../../src-ops/gates/index.ts";
import {
  type AtRisk,
  evidenceAgainst,
  evidenceAgainstShare,
  shareAtLeastAlways,
} from "../../../src-ops/gates/evidence.ts";
import type { Comparison, ReleaseFacts } from "../../../src-ops/gates/facts.ts";
import { surplusOf } from "../../../src-ops/gates/plausible.ts";
import { exposureOf, judgeByMany } from "../../../src-ops/gates/robust.ts";
import { DAY_MS, defaultPolicy, FIRST_DAY, greenRing0, greenRing1, HOUR_MS, machine, NOTHING, SINCE } from "./facts.ts";
import { hold, judged, PASS } from "./judged.ts";

const policy = defaultPolicy();
const gateOf = (gate: GateName, facts: ReleaseFacts) =>
  judgeRelease(facts, policy.rings[facts.ring]).gates.find((one) => one.gate === gate);

const day = (name: string, number: number, operations: number, failed: number) => {
  return { machine: name, day: FIRST_DAY + number * DAY_MS, operations, failed, sessions: 1, crashes: 0 };
};
const before = (more: Partial<Comparison>): Comparison => {
  return { with: "before", version: "0.1.0", days: [], durations: [], memory: [], ...more };
};

describe("what a gate shows", () => {
  it("is how many times as many failed as before: a thousand if none did before, once if none ever did", () => {
    const change = (failedBefore: number, failedNow: number) => {
      const days = [day("a", 0, 100, failedNow)];
      const comparison = before({ days: [day("a", -1, 400, failedBefore)] });
      return gateOf("errorchange", greenRing0({ days, comparison }))?.change;
    };
    expect(change(4, 3)).toEqual({ before: 0.01, now: 0.03, ratio: 3 });
    expect(change(0, 1)).toEqual({ before: 0, now: 0.01, ratio: 1_000 });
    expect(change(0, 0)).toEqual({ before: 0, now: 0, ratio: 1 });
  });

  it("is no change if nothing was done on one of both sides", () => {
    const nothing = [day("a", 0, 0, 0)];
    const something = [day("a", 0, 100, 1)];
    const change = (days: ReleaseFacts["days"], earlier: Comparison["days"]) =>
      gateOf("errorchange", greenRing0({ days, comparison: before({ days: earlier }) }))?.change;
    expect([change(nothing, something), change(something, nothing)]).toEqual([null, null]);
    expect(gateOf("memorychange", greenRing0({ comparison: before({}) }))?.change).toBeNull();
  });

  it("is nothing, and not a number, if nothing was measured", () => {
    const silent = greenRing0({ totals: NOTHING });
    expect(gateOf("uptime", silent)).toMatchObject({ outcome: "hold", value: null });
    expect(gateOf("crashes", silent)).toMatchObject({ outcome: "pass", value: 0 });
  });

  it("is full use if the policy names no feature that pilots have to use", () => {
    const { ring1 } = policy.rings;
    if (!ring1.people) throw new Error("ring1 has pilots");
    const people = { ...ring1.people, adoption: { ...ring1.people.adoption, features: [] } };
    const gate = judgeRelease(greenRing1(), { ...ring1, people }).gates.find((one) => one.gate === "adoption");
    expect(gate).toMatchObject({ outcome: "pass", value: 1 });
  });
});

describe("the comparison of the share with the rest", () => {
  it("counts a computer until it fails, and each day by itself", () => {
    const share = ["s1", "s2", "s3"].flatMap((name) => [
      day(name, 0, 50, name === "s1" ? 4 : 0),
      // The one that failed before does not count again; a computer that did nothing is not at risk.
      day(name, 1, name === "s3" ? 0 : 50, 1),
    ]);
    const rest = ["r1", "r2", "r3", "r4"].map((name) => day(name, 0, 50, name === "r4" ? 1 : 0));
    const expected: AtRisk[] = [
      { share: { computers: 3, failing: 1 }, rest: { computers: 4, failing: 1 } },
      { share: { computers: 1, failing: 1 }, rest: { computers: 0, failing: 0 } },
    ];
    const facts = greenRing0({
      ring: "ga",
      days: share,
      now: SINCE + 9 * DAY_MS,
      comparison: before({ with: "rest", days: rest }),
    });
    expect(gateOf("errorchange", facts)?.value).toBe(evidenceAgainstShare(expected));
    expect(evidenceAgainstShare(expected)).not.toBe(1);
  });

  it("does not count a failure on a day without operations as the first one", () => {
    const share = [day("s1", 0, 0, 1), day("s1", 1, 50, 1)];
    const rest = [day("r1", 1, 50, 0)];
    const facts = greenRing0({
      ring: "ga",
      days: share,
      now: SINCE + 9 * DAY_MS,
      comparison: before({ with: "rest", days: rest }),
    });
    const expected = { share: { computers: 1, failing: 1 }, rest: { computers: 1, failing: 0 } };
    expect(gateOf("errorchange", facts)?.value).toBe(evidenceAgainstShare([expected]));
  });

  it("is evidence also from a single computer in the share", () => {
    const one = [{ share: { computers: 1, failing: 1 }, rest: { computers: 9, failing: 0 } }];
    // The first of ten to fail is the only one of the share: ratio / (ratio + 9) against 1 / 10.
    const expected = [2, 3, 5, 10, 30].reduce((sum, ratio) => sum + (ratio / (ratio + 9)) * 10, 0) / 5;
    expect(evidenceAgainstShare(one)).toBeCloseTo(expected, 9);
  });
});

describe("bounds that hold whenever one looks", () => {
  it.each([
    [1, 50],
    [5, 100],
    [3, 100_000],
  ])("are where %i failures of %i are just enough evidence", (failed, of) => {
    const bound = shareAtLeastAlways({ failed, of }, 20);
    expect(evidenceAgainst({ failed, of }, bound * 0.999)).toBeGreaterThanOrEqual(20);
    expect(evidenceAgainst({ failed, of }, bound * 1.001)).toBeLessThan(20);
  });
});

describe("what one computer can contribute", () => {
  it("is limited to what somebody can do in an hour", () => {
    const absurd = Object.fromEntries(Object.keys(NO_COUNTS).map((name) => [name, 1e9])) as typeof NO_COUNTS;
    expect(plausiblePart(absurd)).toEqual({
      sessions: 120,
      operations: 10_000,
      failed: 10_000,
      attempts: 1_200,
      attemptsFailed: 1_200,
      starts: 120,
      slowStarts: 120,
      verdicts: 1_200,
      slowVerdicts: 1_200,
      uptimeMs: 24 * HOUR_MS,
      downMs: 24 * HOUR_MS,
      crashes: 120,
      fatalCrashes: 120,
      signature: 1_200,
      rollback: 1_200,
      faults: 10_000,
    });
    expect(surplusOf({ ...NO_COUNTS, operations: 10_001, attempts: 1_203, starts: 121, verdicts: 1_200 })).toBe(
      1 + 3 + 1,
    );
  });

  it("counts in full if it is little, and at most `weight` times the median if it is much", () => {
    const computers = (...sizes: number[]) => sizes.map((operations) => ({ counts: { ...NO_COUNTS, operations } }));
    expect(exposureOf(computers(1, 1), "operations", 3)).toBe(2);
    expect(exposureOf(computers(1, 1, 10), "operations", 3)).toBe(1 + 1 + 3);
    expect(exposureOf(computers(0, 2, 2, 7), "operations", 3)).toBe(2 + 2 + 6);
    // The lower one of the two in the middle.
    expect(exposureOf(computers(1, 100), "operations", 3)).toBe(1 + 3);
  });

  it("is not enough for a halt if the others have done too little", () => {
    const three = [1, 2, 3].map(() => ({ failed: 5, of: 10 }));
    const limit = (least: number) => ({
      against: ({ failed, of }: { failed: number; of: number }) => failed - 0.1 * of,
      isOver: ({ failed, of }: { failed: number; of: number }) => failed > 0.1 * of,
      least,
    });
    const outcome = (least: number, needed: number) => judgeByMany(three, limit(least), needed, 3).outcome;
    expect([outcome(20, 2), outcome(21, 2)]).toEqual(["halt", "hold"]);
    expect([outcome(30, 2), outcome(31, 2)]).toEqual(["hold", "pass"]);
    expect([outcome(30, 1), outcome(31, 1)]).toEqual(["halt", "pass"]);
  });
});

describe("times", () => {
  const now = SINCE + 7 * DAY_MS;
  const ticket = (openedAt: number, closedAt?: number) => ({ openedAt, closedAt });

  it("a ticket may be open for exactly 24 hours", () => {
    const open = (ago: number) => judged(greenRing1({ tickets: [ticket(now - ago)] }));
    expect(open(24 * HOUR_MS)).toEqual(PASS);
    expect(open(24 * HOUR_MS + 1)).toEqual(hold("tickets"));
  });

  it("tickets count for exactly a week", () => {
    const closed = (at: number) => ticket(at, at + HOUR_MS);
    const two = [1, 2].map((days) => closed(now - days * DAY_MS));
    expect(judged(greenRing1({ tickets: [...two, closed(now - 7 * DAY_MS)] }))).toEqual(PASS);
    expect(judged(greenRing1({ tickets: [...two, closed(now - 7 * DAY_MS + 1)] }))).toEqual(hold("tickets"));
  });

  it("are up only for a release without a verdict", () => {
    const late = SINCE + 168 * HOUR_MS;
    const machines = Array.from({ length: 10 }, (_, index) => machine(index, { lastAt: late }));
    const timeIsUp = (more: Parameters<typeof greenRing0>[0]) => {
      const facts = greenRing0({ now: late, machines, ...more });
      const { verdict, timeIsUp: isUp } = judgeRelease(facts, policy.rings.ring0);
      return [verdict, isUp];
    };
    expect(timeIsUp({})).toEqual(["pass", false]);
    expect(timeIsUp({ missingPlatforms: ["windows/x64"] })).toEqual(["inconclusive", true]);
    expect(timeIsUp({ missingPlatforms: ["windows/x64"], now: late - 1 })).toEqual(["inconclusive", false]);
    expect(timeIsUp({ security: { ...greenRing0().security, genuineMachines: 1 } })).toEqual(["fail", false]);
  });
});
