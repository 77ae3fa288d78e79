import { HOUR } from "../../src-shared/units.ts";
import type { ReleaseFacts } from "./facts.ts";
import type { Gate } from "./gate.ts";
import { healthGates } from "./health-gates.ts";
import { machineGates } from "./machine-gates.ts";
import { peopleGates } from "./people-gates.ts";
import type { RingPolicy } from "./policy.ts";

/** What the gates of a ring find about a release. Nothing here promotes: a `pass` is evidence for people to sign. */
export type Judgement = {
  readonly verdict: "pass" | "fail" | "inconclusive";
  /** The release is to be stopped at once. */
  readonly halt: boolean;
  /** The longest watch is over without a verdict: people decide. */
  readonly timeIsUp: boolean;
  readonly gates: readonly Gate[];
};

/** Judges one release in one ring. Every gate has to pass; one that fails or halts decides alone. */
export function judgeRelease(facts: ReleaseFacts, policy: RingPolicy): Judgement {
  const gates = [...machineGates(facts, policy), ...healthGates(facts, policy), ...peopleGates(facts, policy)];
  const halt = gates.some(({ outcome }) => outcome === "halt");
  const isFailed = halt || gates.some(({ outcome }) => outcome === "fail");
  const verdict = isFailed ? "fail" : gates.every(({ outcome }) => outcome === "pass") ? "pass" : "inconclusive";
  const timeIsUp = facts.now - facts.since >= policy.longestHours * HOUR * 1_000;
  return { verdict, halt, timeIsUp: timeIsUp && verdict === "inconclusive", gates };
}
