import type { Counters, Exposure, MachineFacts, Ticket } from "../../gates/index.ts";
import type { AlertKind } from "../alerts/index.ts";
import type { Assessment } from "../decisions/index.ts";

/** The data for the metrics of one ring's release. */
export type ReleaseReport = {
  readonly assessment: Assessment;
  readonly totals: Counters;
  readonly machines: readonly MachineFacts[];
  readonly scores: readonly number[];
  readonly tickets: readonly Ticket[];
  /** For each window of the burn-rate alerts, by its length in minutes. */
  readonly exposures: ReadonlyMap<number, Exposure>;
  readonly incidents: readonly AlertKind[];
  /** The share of failed operations that the ring's policy allows. */
  readonly limit: number;
  /** Computers that reported recently enough to count as reporting. */
  readonly reporting: number;
  /** The ring's computers; at least the number that the policy requires. */
  readonly expected: number;
};
