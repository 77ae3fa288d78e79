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

/** `hold`: neither proven good nor bad. `fail` prevents promotion; `halt` also stops the release at once. */
export type Outcome = "pass" | "hold" | "fail" | "halt";

export type Unit = "share" | "count" | "hours" | "bytes" | "points" | "evidence";

/** The result of one gate, in numbers only: `explain.ts` turns them into bounds and text. */
export type Gate = {
  readonly gate: GateName;
  readonly outcome: Outcome;
  /** The measured value. `null`: nothing was measured. */
  readonly value: number | null;
  readonly limit: number;
  readonly unit: Unit;
  /** The number of events in the sample, for a gate that a confidence bound decides. */
  readonly sample: { readonly events: number; readonly of: number; readonly confidence: number } | null;
  /** What is still missing before the gate can pass. */
  readonly missing: Missing | null;
};

/** How much of what a gate needs is there. */
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

/** Passes as soon as the sample excludes a share of `limit`: a small sample without events is not enough. */
export function shareGate(gate: GateName, events: number, of: number, limit: number, confidence: number): Gate {
  const outcome = excludesShare(events, of, limit, confidence) ? "pass" : "hold";
  const value = of > 0 ? events / of : null;
  return { gate, outcome, value, limit, unit: "share", sample: { events, of, confidence }, missing: null };
}
