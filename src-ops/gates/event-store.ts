import type { Ring } from "../../src-shared/license/index.ts";
import type { UnixSeconds } from "../../src-shared/units.ts";
import type { AggregateReader } from "./reader.ts";
import type { NormalizedEvent } from "./normalized-events.ts";

/**
 * The result for a batch. `conflicting`: events with the session and `seq`, or the id, of another event, which is kept; or
 * above what a session may have.
 */
export type StoreCounts = { readonly taken: number; readonly duplicates: number; readonly conflicting: number };

/** Stores each event once, and the aggregates of all events. */
export type EventStore = AggregateReader & {
  readonly take: (events: readonly NormalizedEvent[]) => Promise<StoreCounts>;
  /** Sets the ring of a computer, as the register says it. An enrolment from before `asOf` no longer changes it. */
  readonly enrol: (machine: string, ring: Ring, asOf?: UnixSeconds) => Promise<void>;
};
