import { HOUR } from "../../src-shared/units.ts";
import type { Exposure, ReleaseFacts } from "./facts.ts";
import { changeGates } from "./change-gates.ts";
import { type Gate, GATES } from "./gate.ts";
import { exposureSoFar, healthGates } from "./health-gates.ts";
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
  /** What counted so far: at a promotion it is signed, and the next ring begins with it. */
  readonly exposure: Exposure;
};

/** Judges one release in one ring. Every gate must pass; one gate that fails or halts is enough for `fail`. */
export function judgeRelease(facts: ReleaseFacts, policy: RingPolicy): Judgement {
  const gates = inOrder([
    ...machineGates(facts, policy),
    ...healthGates(facts, policy),
    ...changeGates(facts, policy),
    ...peopleGates(facts, policy),
  ]);
  const halt = gates.some(({ outcome }) => outcome === "halt");
  const isFailed = halt || gates.some(({ outcome }) => outcome === "fail");
  const verdict = isFailed ? "fail" : gates.every(({ outcome }) => outcome === "pass") ? "pass" : "inconclusive";
  const timeIsUp = facts.now - facts.since >= policy.longestHours * HOUR * 1_000;
  return {
    verdict,
    halt,
    timeIsUp: timeIsUp && verdict === "inconclusive",
    gates,
    exposure: exposureSoFar(facts, policy),
  };
}

function inOrder(gates: readonly Gate[]): readonly Gate[] {
  return gates.toSorted((a, b) => GATES.indexOf(a.gate) - GATES.indexOf(b.gate));
}
