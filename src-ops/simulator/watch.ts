import type { Ring } from "../../src-shared/license/index.ts";
import type { Counters, Judgement, RingPolicy } from "../gates/index.ts";
import { type FleetLife, TICKS_PER_HOUR } from "./scenario.ts";

/** A ring's watch over one fleet, from the moment at which every computer runs the release. */
export type Watch = {
  readonly ring: Ring;
  readonly policy: RingPolicy;
  readonly story: FleetLife;
  readonly machines: number;
  /** What the same bytes did in the ring before. */
  readonly pooled: Counters;
  /** What pilots have answered so many hours later. */
  readonly scoresAt: (hours: number) => readonly number[];
};

export type Ended = {
  readonly outcome: "passed" | "halted" | "inconclusive";
  readonly hours: number;
  readonly totals: Counters;
};

export function endOf({ verdict, halt }: Judgement, tick: number, totals: Counters): Ended | undefined {
  const hours = tick / TICKS_PER_HOUR;
  if (halt) return { outcome: "halted", hours, totals };
  return verdict === "pass" ? { outcome: "passed", hours, totals } : undefined;
}
