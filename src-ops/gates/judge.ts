import { HOUR } from "../../src-shared/units.ts";
import type { ReleaseFacts } from "./facts.ts";
import type { Gate } from "./gate.ts";
import { healthGates } from "./health-gates.ts";
import { machineGates } from "./machine-gates.ts";
import { peopleGates } from "./people-gates.ts";
import type { RingPolicy } from "./policy.ts";

/** The result of a ring's gates for a release. It promotes nothing itself: a `pass` is evidence for people to sign. */
export type Judgement = {
  readonly verdict: "pass" | "fail" | "inconclusive";
  /** The release must be stopped at once. */
  readonly halt: boolean;
  /** The longest observation time has passed without a verdict: people decide. */
  readonly timeIsUp: boolean;
  readonly gates: readonly Gate[];
};

/** Judges one release in one ring. Every gate must pass; one gate that fails or halts is enough for `fail`. */
export function judgeRelease(facts: ReleaseFacts, policy: RingPolicy): Judgement {
  const gates = [...machineGates(facts, policy), ...healthGates(facts, policy), ...peopleGates(facts, policy)];
  const halt = gates.some(({ outcome }) => outcome === "halt");
  const isFailed = halt || gates.some(({ outcome }) => outcome === "fail");
  const verdict = isFailed ? "fail" : gates.every(({ outcome }) => outcome === "pass") ? "pass" : "inconclusive";
  const timeIsUp = facts.now - facts.since >= policy.longestHours * HOUR * 1_000;
  return { verdict, halt, timeIsUp: timeIsUp && verdict === "inconclusive", gates };
}
