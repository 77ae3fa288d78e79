import { describe, expect, it } from "vitest";
import { operationsNeeded } from "../../../src-ops/gates/statistics.ts";
import { defaultPolicy } from "./facts.ts";

/**
 * The probability that the bound is ever met if it is checked after each operation, computed over the failure counts.
 */
function chanceToPass(failing: number, first: number, last: number): number {
  const { below, confidence } = defaultPolicy().rings.ring0.errors;
  const MOST = 60;
  const needed = Array.from({ length: MOST }, (_, failed) => operationsNeeded(failed, below, confidence));
  let open = Array.from({ length: MOST }, (_, failed): number => (failed === 0 ? 1 : 0));
  let passed = 0;
  for (let operations = 1; operations <= last; operations++) {
    const before = open;
    open = before.map((chance, failed) => chance * (1 - failing) + (before[failed - 1] ?? 0) * failing);
    if (operations < first) continue;
    for (const [failed, chance] of open.entries()) {
      if (operations < (needed[failed] as number)) break;
      passed += chance;
      open[failed] = 0;
    }
  }
  return passed;
}

describe("the calculated error rates of the policy that ships", () => {
  // Ten computers, nine hours a day, twenty operations an hour: from the second to the seventh day.
  const [first, last] = [3_600, 12_600];

  it("passes 0.3 % failures in fewer than one of 10,000 cases, even without a halt", () => {
    const chance = chanceToPass(0.003, first, last);
    expect(chance).toBeLessThan(1e-4);
    expect(chance).toBeCloseTo(2.8e-5, 6);
  });

  it("passes 0.02 % failures in at least 95 of 100", () => {
    expect(chanceToPass(0.0002, first, last)).toBeGreaterThan(0.95);
  });
});
