import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import { binomialAtMost, quantileOf } from "../../../src-ops/gates/statistics.ts";
import { shareAtLeast, shareAtMost } from "../../../src-ops/gates/index.ts";

/** The same probability as a sum of terms, as an independent calculation. */
function summed(events: number, of: number, share: number): number {
  let term = (1 - share) ** of;
  let sum = term;
  for (let k = 1; k <= events; k++) {
    term *= ((of - k + 1) / k) * (share / (1 - share));
    sum += term;
  }
  return Math.min(1, sum);
}

describe("exact bounds", () => {
  it.each([
    { events: 0, of: 10, atMost: 0.2589 },
    { events: 0, of: 4, atMost: 0.5271 },
    // Clopper and Pearson's own two-sided 95 % intervals are one-sided ones of 97.5 %.
    { events: 5, of: 10, atMost: 0.8129, confidence: 0.975, atLeast: 0.1871 },
    { events: 1, of: 20, atMost: 0.2487, confidence: 0.975, atLeast: 0.0013 },
  ])("give at most $atMost for $events in $of", ({ events, of, atMost, confidence = 0.95, atLeast }) => {
    expect(shareAtMost(events, of, confidence)).toBeCloseTo(atMost, 4);
    if (atLeast !== undefined) expect(shareAtLeast(events, of, confidence)).toBeCloseTo(atLeast, 4);
  });

  it("agree with the sum of the terms", () => {
    const cases = fc.tuple(fc.nat(400), fc.nat(400), fc.double({ min: 0.0005, max: 0.6, noNaN: true }));
    fc.assert(
      fc.property(cases, ([a, b, share]) => {
        const [events, of] = [Math.min(a, b), Math.max(a, b)];
        expect(binomialAtMost(events, of, share)).toBeCloseTo(summed(events, of, share), 9);
      }),
    );
  });

  it("have the promised probability: at the bound, so few events are that unlikely", () => {
    const cases = fc.tuple(fc.nat(50), fc.integer({ min: 51, max: 20_000_000 }), fc.constantFrom(0.9, 0.95, 0.99));
    fc.assert(
      fc.property(cases, ([events, of, confidence]) => {
        const upper = shareAtMost(events, of, confidence);
        expect(binomialAtMost(events, of, upper)).toBeCloseTo(1 - confidence, 6);
        expect(shareAtLeast(events, of, confidence)).toBeLessThanOrEqual(events / of);
        expect(upper).toBeGreaterThan(events / of);
        expect(shareAtMost(events + 1, of, confidence)).toBeGreaterThan(upper);
        expect(shareAtMost(events, of * 2, confidence)).toBeLessThan(upper);
      }),
    );
  });
});

it.each([
  [[], 0.9, null],
  [[7], 0.9, 7],
  [[1, 2, 3, 4, 5, 6, 7, 8, 9, 10], 0.9, 9],
  [[10, 1], 0.5, 1],
  [[3, 1, 2], 1, 3],
])("the quantile of %j at %d is %d", (values, share, expected) => {
  expect(quantileOf(values, share)).toBe(expected);
});
