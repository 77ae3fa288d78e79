import type { Ring } from "../../src-shared/license/index.ts";
import type { ComputerCounts, Judgement, RingPolicy } from "../gates/index.ts";
import { type FleetTimeline, TICKS_PER_HOUR } from "./scenario.ts";

/** The observation of one fleet in a ring, from the moment at which every computer runs the release. */
export type Observation = {
  readonly ring: Ring;
  readonly policy: RingPolicy;
  readonly timeline: FleetTimeline;
  readonly machines: number;
  /** The counts of the same build in the previous ring. */
  readonly pooled: readonly ComputerCounts[];
  /** The scores that the pilots have given after this number of hours. */
  readonly scoresAt: (hours: number) => readonly number[];
};

export type ObservationResult = {
  readonly outcome: "passed" | "halted" | "inconclusive";
  readonly hours: number;
  readonly counts: readonly ComputerCounts[];
};

export function resultOf(
  { verdict, halt }: Judgement,
  tick: number,
  counts: readonly ComputerCounts[],
): ObservationResult | undefined {
  const hours = tick / TICKS_PER_HOUR;
  if (halt) return { outcome: "halted", hours, counts };
  return verdict === "pass" ? { outcome: "passed", hours, counts } : undefined;
}

/** The pseudonym of a simulated computer, from its number. */
export const nameOf = (machine: number): string => String.fromCodePoint(97 + machine).repeat(26);
