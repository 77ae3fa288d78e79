import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import {
  type AtRisk,
  evidenceAgainst,
  evidenceAgainstShare,
  evidenceFor,
  evidenceOfIncrease,
  evidenceOfSlower,
  logRateRatio,
  MOST_EVIDENCE,
  operationsNeeded,
  shareAtLeastAlways,
  shareAtMostAlways,
} from "../../../src-ops/gates/evidence.ts";

/** The probability that evidence ever reaches `needed`, if it is looked at after each operation. */
function chanceEver(share: number, operations: number, isReached: (failed: number, of: number) => boolean): number {
  const MOST = 40;
  let open = Array.from({ length: MOST }, (_, failed): number => (failed === 0 ? 1 : 0));
  let reached = 0;
  for (let of = 1; of <= operations; of++) {
    const before = open;
    open = before.map((chance, failed) => chance * (1 - share) + (before[failed - 1] ?? 0) * share);
    for (const [failed, chance] of open.entries()) {
      if (chance === 0 || !isReached(failed, of)) continue;
      reached += chance;
      open[failed] = 0;
    }
  }
  return reached;
}

describe("evidence at any time", () => {
  it("for a share below the limit is false in at most 1 of 20 watches of a release at the limit", () => {
    const needed = Array.from({ length: 40 }, (_, failed) => operationsNeeded(failed, 0.01, 20));
    const chance = chanceEver(0.01, 4_000, (failed, of) => of >= (needed[failed] as number));
    expect(chance).toBeLessThanOrEqual(0.05);
    // The limit is nearly reached, so the test is not much stricter than it says.
    expect(chance).toBeGreaterThan(0.03);
  });

  it("against a share is false in at most 1 of 100 watches of a release at the limit", () => {
    const chance = chanceEver(0.01, 2_000, (failed, of) => evidenceAgainst({ failed, of }, 0.01) >= 100);
    expect(chance).toBeLessThanOrEqual(0.01);
    expect(chance).toBeGreaterThan(0.002);
  });

  it.each([
    { failed: 0, limit: 0.001, needed: 20, operations: 3_992 },
    { failed: 1, limit: 0.001, needed: 20, operations: 5_841 },
    { failed: 2, limit: 0.001, needed: 20, operations: 7_689 },
    { failed: 0, limit: 0.003, needed: 20, operations: 1_329 },
    { failed: 0, limit: 0.1, needed: 20, operations: 38 },
    { failed: 0, limit: 0.01, needed: 100, operations: 611 },
  ])("needs $operations operations with $failed failures for $limit at $needed", (row) => {
    expect(operationsNeeded(row.failed, row.limit, row.needed)).toBe(row.operations);
  });

  const samples = fc
    .tuple(fc.nat(300), fc.integer({ min: 1, max: 2_000_000 }))
    .map(([failed, more]) => ({ failed, of: failed + more }));
  it("and its bounds say the same", () => {
    fc.assert(
      fc.property(samples, fc.constantFrom(0.001, 0.01, 0.1), fc.constantFrom(20, 100), (sample, limit, needed) => {
        const upper = shareAtMostAlways(sample, needed);
        if (Math.abs(upper - limit) > 1e-9) expect(evidenceFor(sample, limit) >= needed).toBe(upper < limit);
        const lower = shareAtLeastAlways(sample, needed);
        if (lower > 1e-9) expect(evidenceAgainst(sample, lower * 1.001)).toBeLessThanOrEqual(needed);
        expect(lower).toBeLessThanOrEqual(sample.failed / sample.of);
        expect(upper).toBeGreaterThanOrEqual(sample.failed / sample.of);
      }),
      { numRuns: 500 },
    );
    expect(shareAtMostAlways({ failed: 0, of: 0 }, 20)).toBe(1);
    expect(shareAtMostAlways({ failed: 3, of: 3 }, 20)).toBe(1);
    expect(shareAtLeastAlways({ failed: 0, of: 9 }, 20)).toBe(0);
  });

  it("stays finite", () => {
    expect(evidenceAgainst({ failed: 1e6, of: 1e6 }, 0.001)).toBe(MOST_EVIDENCE);
    expect(evidenceOfIncrease({ failed: 0, of: 1e9 }, { failed: 1e6, of: 1e6 })).toBe(MOST_EVIDENCE);
  });
});

describe("evidence of an increase", () => {
  it("is 1 without anything to compare, and small for the same rate", () => {
    expect(evidenceOfIncrease({ failed: 0, of: 0 }, { failed: 9, of: 100 })).toBe(1);
    expect(evidenceOfIncrease({ failed: 5, of: 50_000 }, { failed: 1, of: 12_600 })).toBeLessThan(1);
  });

  it("is large for nine times as many failures, and less so the less is known of the time before", () => {
    const now = { failed: 11, of: 12_600 };
    const known = evidenceOfIncrease({ failed: 5, of: 50_400 }, now);
    expect(known).toBeGreaterThan(500);
    expect(evidenceOfIncrease({ failed: 1, of: 5_000 }, now)).toBeLessThan(known / 20);
  });

  it("is, for one ratio, the ratio of the probabilities with the rate integrated out", () => {
    // By numerical integration over the rate, with the density rate^(-1/2).
    const integral = (factor: number) => {
      let sum = 0;
      const step = 1e-7;
      for (let rate = step / 2; rate < 0.004; rate += step) {
        sum += rate ** (5 + 7 - 0.5) * factor ** 7 * Math.exp(-rate * (20_000 + factor * 9_000)) * step;
      }
      return sum;
    };
    const expected = [2, 3, 5, 10, 30].reduce((sum, factor) => sum + integral(factor) / integral(1), 0) / 5;
    expect(evidenceOfIncrease({ failed: 5, of: 20_000 }, { failed: 7, of: 9_000 }) / expected).toBeCloseTo(1, 3);
  });
});

describe("evidence against a share of the computers", () => {
  const day = (share: [number, number], rest: [number, number]): AtRisk => ({
    share: { computers: share[0], failing: share[1] },
    rest: { computers: rest[0], failing: rest[1] },
  });

  it("is 1 while nothing fails, or while one of the groups is missing", () => {
    expect(evidenceAgainstShare([day([50, 0], [450, 0])])).toBe(1);
    expect(evidenceAgainstShare([day([50, 9], [0, 0]), day([0, 0], [450, 9])])).toBe(1);
  });

  it("of one failure is the ratio of its probabilities", () => {
    const expected = [2, 3, 5, 10, 30].reduce((sum, r) => sum + (r * 500) / (r * 50 + 450), 0) / 5;
    expect(evidenceAgainstShare([day([50, 1], [450, 0])])).toBeCloseTo(expected, 9);
  });

  it("has the mean 1 if the release makes no difference", () => {
    // Every way in which three of four computers can fail one after the other, two of them in the share.
    let mean = 0;
    const walk = (share: number, rest: number, days: AtRisk[], chance: number, left: number): void => {
      if (left === 0) {
        mean += chance * evidenceAgainstShare(days);
        return;
      }
      const total = share + rest;
      if (share > 0) walk(share - 1, rest, [...days, day([share, 1], [rest, 0])], (chance * share) / total, left - 1);
      if (rest > 0) walk(share, rest - 1, [...days, day([share, 0], [rest, 1])], (chance * rest) / total, left - 1);
    };
    // A group that is empty says nothing, so it must not become empty.
    walk(4, 4, [], 1, 3);
    expect(mean).toBeCloseTo(1, 9);
  });

  it("finds 12 failing of 50 against 5 of 450", () => {
    const days = [day([50, 6], [450, 3]), day([44, 6], [447, 2])];
    expect(evidenceAgainstShare(days)).toBeGreaterThan(1_000);
    expect(evidenceAgainstShare([day([50, 1], [450, 9])])).toBeLessThan(2);
  });
});

it("evidence of slower starts needs a few starts that are all slow", () => {
  expect(evidenceOfSlower({ failed: 3, of: 3 }, 0.2)).toBeLessThan(100);
  expect(evidenceOfSlower({ failed: 4, of: 4 }, 0.2)).toBeGreaterThan(100);
  expect(evidenceOfSlower({ failed: 4, of: 20 }, 0.2)).toBeLessThan(1);
});

it("the logarithm of a rate ratio is that of two Poisson probabilities", () => {
  const log = (events: number, mean: number) => events * Math.log(mean) - mean;
  expect(logRateRatio(4, 0.5, 10)).toBeCloseTo(log(4, 5) - log(4, 0.5), 12);
});
