import { excludesShare } from "./statistics.ts";

export const GATES = [
  "time",
  "reporting",
  "funnel",
  "security",
  "crashes",
  "sequential",
  "surge",
  "errors",
  "starts",
  "verdicts",
  "memory",
  "uptime",
  "availability",
  "feedback",
  "tickets",
  "adoption",
] as const;
export type GateName = (typeof GATES)[number];

/** `hold`: neither proven good nor bad. `fail` never promotes; `halt` stops the release at once as well. */
export type Outcome = "pass" | "hold" | "fail" | "halt";

export type Unit = "share" | "count" | "hours" | "bytes" | "points" | "evidence";

/** One gate's finding. It is numbers alone: `explain.ts` turns them into bounds and words. */
export type Gate = {
  readonly gate: GateName;
  readonly outcome: Outcome;
  /** What was measured; `null`: nothing was, which is never green. */
  readonly value: number | null;
  readonly limit: number;
  readonly unit: Unit;
  /** Where a bound decides: so many events in a sample. */
  readonly sample: { readonly events: number; readonly of: number; readonly confidence: number } | null;
  /** What is still to come before it may pass. */
  readonly missing: Missing | null;
};

/** So much there is of what a gate needs. */
export type Missing = {
  readonly what: "hours" | "hours without a crash" | "computers that report" | "computers that run it" | "answers";
  readonly have: number;
  readonly need: number;
};

export function gateOf(
  gate: GateName,
  outcome: Outcome,
  unit: Unit,
  value: number | null,
  limit: number,
  missing: Gate["missing"] = null,
): Gate {
  return { gate, outcome, value, limit, unit, sample: null, missing };
}

/** Passes once the sample excludes a share of `limit`: no events in a small sample prove little. */
export function shareGate(gate: GateName, events: number, of: number, limit: number, confidence: number): Gate {
  const outcome = excludesShare(events, of, limit, confidence) ? "pass" : "hold";
  const value = of > 0 ? events / of : null;
  return { gate, outcome, value, limit, unit: "share", sample: { events, of, confidence }, missing: null };
}
