import { readFileSync } from "node:fs";
import { type Counters, type MachineFacts, NO_COUNTS, type Policy } from "../../../src-ops/gates/index.ts";
import { parsePolicy } from "../../../src-ops/gates/policy.ts";
import type { ReleaseFacts } from "../../../src-ops/gates/facts.ts";
import { DAY, HOUR } from "../../../src-shared/units.ts";
import { testId } from "../../fakes/test-keys.ts";

export const SINCE = Date.UTC(2026, 0, 6, 9);
export const HOUR_MS = HOUR * 1_000;
export const DAY_MS = DAY * 1_000;

export const POLICY_BYTES = readFileSync(new URL("../../../src-ops/gates/ring-policy.json", import.meta.url));

/** The policy that the project ships. */
export function defaultPolicy(): Policy {
  const policy = parsePolicy(POLICY_BYTES);
  if (!policy.ok) throw new Error("the default policy is malformed");
  return policy.value;
}

export const NOTHING: Counters = NO_COUNTS;

export const NOTHING_REFUSED: ReleaseFacts["security"] = {
  genuineMachines: 0,
  genuine: { signature: 0, rollback: 0 },
  unexplained: 0,
  suspected: 0,
};

export const GOOD: Counters = {
  ...NOTHING,
  operations: 3_000,
  attempts: 1_000,
  starts: 60,
  verdicts: 600,
  uptimeMs: 180 * HOUR_MS,
};

export function machine(number: number, more: Partial<MachineFacts> = {}): MachineFacts {
  return {
    machine: testId(`machine ${number}`),
    operations: 300,
    failed: 0,
    memoryHighest: 150_000_000,
    features: ["play"],
    lastAt: SINCE + 48 * HOUR_MS,
    steps: { offered: SINCE, healthy: SINCE + HOUR_MS },
    ...more,
  };
}

/** A ring0 release that has just passed all gates. */
export function greenRing0(more: Partial<ReleaseFacts> = {}): ReleaseFacts {
  return {
    ring: "ring0",
    since: SINCE,
    now: SINCE + 48 * HOUR_MS,
    totals: GOOD,
    pooled: NOTHING,
    recent: { operations: 200, failed: 0 },
    windows: [{ at: SINCE, attempts: 40, attemptsFailed: 0 }],
    machines: Array.from({ length: 10 }, (_, index) => machine(index)),
    security: NOTHING_REFUSED,
    lastCrashAt: undefined,
    scores: [],
    asked: 0,
    tickets: [],
    reached: [],
    ...more,
  };
}

/** A ring1 release that four pilots have rated well for a week. */
export function greenRing1(more: Partial<ReleaseFacts> = {}): ReleaseFacts {
  const now = SINCE + 7 * DAY_MS;
  return greenRing0({
    ring: "ring1",
    now,
    totals: { ...GOOD, operations: 560, attempts: 200, starts: 28, verdicts: 60 },
    pooled: GOOD,
    machines: [1, 2, 3, 4].map((number) => machine(number, { lastAt: now - HOUR_MS })),
    scores: [8, 9, 10, 8],
    asked: 4,
    ...more,
  });
}
