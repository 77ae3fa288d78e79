import type { Ring } from "../../src-shared/license/index.ts";
import type { Exposure, Judgement, RingPolicy } from "../gates/index.ts";
import { type FleetTimeline, TICKS_PER_HOUR } from "./scenario.ts";

/** The observation of one fleet in a ring, from the moment at which every computer runs the release. */
export type Observation = {
  readonly ring: Ring;
  readonly policy: RingPolicy;
  readonly timeline: FleetTimeline;
  readonly machines: number;
  /** What counted of the same build in the previous ring. */
  readonly pooled: Exposure | null;
  /** The scores that the pilots have given after this number of hours. */
  readonly scoresAt: (hours: number) => readonly number[];
};

export type ObservationResult = {
  readonly outcome: "passed" | "halted" | "inconclusive";
  readonly hours: number;
  readonly exposure: Exposure;
};

export function resultOf({ verdict, halt, exposure }: Judgement, tick: number): ObservationResult | undefined {
  const hours = tick / TICKS_PER_HOUR;
  if (halt) return { outcome: "halted", hours, exposure };
  return verdict === "pass" ? { outcome: "passed", hours, exposure } : undefined;
}

/** The pseudonym of a simulated computer, from its number. */
export const nameOf = (machine: number): string => String.fromCodePoint(97 + machine).repeat(26);
