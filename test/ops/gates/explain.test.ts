import { describe, expect, it } from "vitest";
import { explain, type GateName, judgeRelease } from "../../../src-ops/gates/index.ts";
import { parsePolicy } from "../../../src-ops/gates/policy.ts";
import type { ReleaseFacts } from "../../../src-ops/gates/facts.ts";
import { defaultPolicy, GOOD, greenRing0, greenRing1, HOUR_MS, NOTHING, POLICY_BYTES, SINCE } from "./facts.ts";

const policy = defaultPolicy();

describe("the explanation of a verdict", () => {
  const whyOf = (facts: ReleaseFacts, gate: GateName) =>
    explain(judgeRelease(facts, policy.rings[facts.ring])).gates.find((one) => one.gate === gate);

  it("states the bound by which the gate decides", () => {
    const at = whyOf(greenRing0({ totals: { ...GOOD, operations: 3_992 } }), "errors");
    expect(at).toMatchObject({ bound: { atLeast: 0, needed: 3_992 } });
    expect(at?.bound?.atMost).toBeLessThan(0.001);
    const before = whyOf(greenRing0({ totals: { ...GOOD, operations: 3_991 } }), "errors");
    expect(before?.bound?.atMost).toBeGreaterThan(0.001);
    expect(whyOf(greenRing0({ totals: { ...GOOD, failed: 1 } }), "errors")?.why).toMatch(
      /^0\.025 % against 0\.1 %; 1 of 4000, 95 % sure between .* and 0\.146 %: 1841 more operations without another failure would prove it$/,
    );
    expect(whyOf(greenRing0({ totals: { ...GOOD, failed: 20 } }), "errors")?.why).toContain(
      "certainly above the limit",
    );
  });

  it("states what is missing", () => {
    expect(whyOf(greenRing0({ now: SINCE + HOUR_MS }), "time")?.why).toBe("1 h against 48 h; 1 of 48 hours");
    expect(whyOf(greenRing0({ totals: NOTHING }), "starts")?.why).toContain(
      "nothing was measured, so the gate cannot pass",
    );
    expect(whyOf(greenRing1({ scores: [9] }), "feedback")?.why).toBe("9 of 10 against 8 of 10; 1 of 4 answers");
  });
});

describe("a policy", () => {
  const json = JSON.parse(POLICY_BYTES.toString("utf8")) as { rings: { ring0: Record<string, unknown> } };
  const bytesOf = (value: unknown) => new TextEncoder().encode(JSON.stringify(value));

  it("is refused with a member missing, unknown or out of range", () => {
    expect(parsePolicy(bytesOf(json)).ok).toBe(true);
    const { hours: _, ...withoutHours } = json.rings.ring0;
    for (const ring0 of [withoutHours, { ...json.rings.ring0, more: 1 }, { ...json.rings.ring0, hours: 200 }]) {
      expect(parsePolicy(bytesOf({ ...json, rings: { ...json.rings, ring0 } })).ok).toBe(false);
    }
  });
});
