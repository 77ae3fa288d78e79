import { describe, expect, it } from "vitest";
import { operationsNeeded } from "../../../src-ops/gates/evidence.ts";
import { defaultPolicy } from "./facts.ts";

/**
 * The probability that the bound is ever met if it is checked after each operation, computed over the failure counts.
 */
function chanceToPass(failing: number, first: number, last: number): number {
  const { errors, evidence } = defaultPolicy().rings.ring0;
  const MOST = 60;
  const needed = Array.from({ length: MOST }, (_, failed) => operationsNeeded(failed, errors.below, evidence.pass));
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

  it.each([
    [0.0002, 0.94236],
    [0.001, 0.04418],
    [0.003, 6.5e-6],
  ])("pass a share of failures of %d with the probability %d, even without a halt", (failing, expected) => {
    expect(chanceToPass(failing, first, last)).toBeCloseTo(expected, expected < 0.001 ? 6 : 4);
  });
});
