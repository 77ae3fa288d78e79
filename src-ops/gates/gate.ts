import { evidenceFor } from "./evidence.ts";

export const GATES = [
  "time",
  "reporting",
  "funnel",
  "unheard",
  "exposure",
  "outliers",
  "classes",
  "security",
  "crashes",
  "crashrate",
  "sequential",
  "surge",
  "errors",
  "ownerrors",
  "errorchange",
  "crashchange",
  "starts",
  "startchange",
  "verdicts",
  "verdictchange",
  "memory",
  "memorychange",
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
  /** The number of events in the sample, for a gate that evidence about a share decides; `evidence`: what passes. */
  readonly sample: { readonly events: number; readonly of: number; readonly evidence: number } | null;
  /** What is still missing before the gate can pass. */
  readonly missing: Missing | null;
  /** The computers because of which it does not pass, or that people should look at. */
  readonly computers: readonly string[];
  /** The same figure of the version before, or of the rest, for a gate that compares. */
  readonly change: Change | null;
};

/** `ratio`: how many times as much as before. */
export type Change = { readonly before: number; readonly now: number; readonly ratio: number };

/** How much of what a gate needs is there. */
export type Missing = {
  readonly what:
    | "hours"
    | "hours without a crash"
    | "computers that report"
    | "computers that run it"
    | "computers that were heard of"
    | "computers that ran it long enough"
    | "computers with enough operations"
    | "operating systems of the next ring"
    | "answers";
  readonly have: number;
  readonly need: number;
};

type More = Partial<Pick<Gate, "missing" | "computers" | "change">>;

export function gateOf(
  gate: GateName,
  outcome: Outcome,
  unit: Unit,
  value: number | null,
  limit: number,
  { missing = null, computers = [], change = null }: More = {},
): Gate {
  return { gate, outcome, value, limit, unit, sample: null, missing, computers, change };
}

/** Passes as soon as the sample excludes a share of `limit`, whenever one looks: a small sample without events is not enough. */
export function shareGate(gate: GateName, events: number, of: number, limit: number, evidence: number): Gate {
  const isProven = of > 0 && events < of && evidenceFor({ failed: events, of }, limit) >= evidence;
  const value = of > 0 ? events / of : null;
  return { ...gateOf(gate, isProven ? "pass" : "hold", "share", value, limit), sample: { events, of, evidence } };
}
