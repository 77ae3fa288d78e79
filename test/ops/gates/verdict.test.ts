import { describe, expect, it } from "vitest";
import { countsOf } from "../../../src-ops/gates/counters.ts";
import { isWithin, MAX_VERDICT_BYTES, parseVerdict } from "../../../src-ops/gates/index.ts";
import { stateOf } from "./normalized-events.ts";
import { SINCE } from "./facts.ts";

type Outcome = "pass" | "hold" | "fail" | "halt";

function verdictOf(verdict: string, outcomes: readonly Outcome[], size = 0): boolean {
  const text = JSON.stringify({
    v: 1,
    ring: "ring0",
    build: "b2-linux",
    verdict,
    policyHash: "a".repeat(64),
    since: SINCE,
    assessedAt: SINCE + 1,
    evidenceHash: "b".repeat(64),
    gates: outcomes.map((outcome) => ({ gate: "errors", outcome })),
  });
  return parseVerdict(Buffer.from(text.padEnd(size))).ok;
}

describe("a verdict's file", () => {
  it.each<[outcomes: Outcome[], verdict: string]>([
    [["pass", "pass"], "pass"],
    [["pass", "hold"], "inconclusive"],
    [["hold", "fail"], "fail"],
    [["pass", "halt"], "fail"],
  ])("with the gates %j says %s, and nothing else", (outcomes, expected) => {
    const accepted = ["pass", "inconclusive", "fail"].filter((verdict) => verdictOf(verdict, outcomes));
    expect(accepted).toEqual([expected]);
  });

  it("has 1 to 40 gates, and at most 256 KiB", () => {
    const passing = (count: number) =>
      verdictOf(
        "pass",
        Array.from({ length: count }, () => "pass" as const),
      );
    expect([0, 1, 40, 41].map(passing)).toEqual([false, true, true, false]);
    expect(MAX_VERDICT_BYTES).toBe(262_144);
    expect([0, 1].map((more) => verdictOf("pass", ["pass"], MAX_VERDICT_BYTES + more))).toEqual([true, false]);
  });
});

describe("what a session counts", () => {
  it("is slow if its start took more than 5 s, and not exactly that", () => {
    const slow = [5_000, 5_001].map((startMs) => countsOf(stateOf("0.2.0", [{ kind: "usable", startMs }])).slowStarts);
    expect(slow).toEqual([0, 1]);
  });

  it("is at most 2^36 of each count, whatever it claims", () => {
    const state = stateOf("0.2.0", []);
    const claimed = countsOf({ ...state, uptimeMs: 2 ** 50, faults: 2 ** 36 - 1 });
    expect(claimed).toMatchObject({ uptimeMs: 68_719_476_736, faults: 68_719_476_735 });
  });
});

describe("hours that end on the next day", () => {
  const at = (moment: string) =>
    isWithin({ days: ["fri"], from: 22, to: 6 }, "UTC", Date.parse(`2026-11-${moment}Z`) / 1_000);

  it("include their beginning, and not their end", () => {
    expect(["27T21:59:59", "27T22:00:00", "28T05:59:59", "28T06:00:00"].map(at)).toEqual([false, true, true, false]);
    // The early hours of Friday belong to Thursday's night.
    expect(at("27T05:00:00")).toBe(false);
  });
});
