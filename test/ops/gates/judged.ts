import { type GateName, judgeRelease } from "../../../src-ops/gates/index.ts";
import type { ReleaseFacts } from "../../../src-ops/gates/facts.ts";
import { defaultPolicy } from "./facts.ts";

const policy = defaultPolicy();

/** The verdict by the policy that ships, and the gates that did not pass. */
export function judged(facts: ReleaseFacts) {
  const { verdict, halt, gates } = judgeRelease(facts, policy.rings[facts.ring]);
  const notGreen = gates.filter(({ outcome }) => outcome !== "pass").map(({ gate, outcome }) => `${gate}: ${outcome}`);
  return { verdict, halt, notGreen };
}

export const PASS = { verdict: "pass", halt: false, notGreen: [] };
export const hold = (...gates: GateName[]) => ({
  verdict: "inconclusive",
  halt: false,
  notGreen: gates.map((gate) => `${gate}: hold`),
});
export const stop = (...gates: GateName[]) => ({
  verdict: "fail",
  halt: true,
  notGreen: gates.map((gate) => `${gate}: halt`),
});
