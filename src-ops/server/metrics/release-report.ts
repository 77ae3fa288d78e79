import type { Counters, Exposure, MachineFacts, Ticket } from "../../gates/index.ts";
import type { AlertKind } from "../alerts/index.ts";
import type { Assessment } from "../decisions/index.ts";

/** Everything that the metrics of one ring's release are made of. */
export type ReleaseReport = {
  readonly assessment: Assessment;
  readonly totals: Counters;
  readonly machines: readonly MachineFacts[];
  readonly scores: readonly number[];
  readonly tickets: readonly Ticket[];
  /** Of each window of the burn alerts, by its minutes. */
  readonly exposures: ReadonlyMap<number, Exposure>;
  readonly incidents: readonly AlertKind[];
  /** The share of failed operations that the ring's policy allows. */
  readonly limit: number;
  /** Computers that were heard of lately enough to count as reporting. */
  readonly reporting: number;
  /** How many computers the ring has to have. */
  readonly expected: number;
};
