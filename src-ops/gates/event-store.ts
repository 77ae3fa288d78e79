import type { Ring } from "../../src-shared/license/index.ts";
import type { UnixSeconds } from "../../src-shared/units.ts";
import type { AggregateReader } from "./reader.ts";
import type { NormalizedEvent } from "./normalized-events.ts";

/** What became of a batch. `conflicting`: events that claim the place of another, which is kept. */
export type StoreCounts = { readonly taken: number; readonly duplicates: number; readonly conflicting: number };

/** Keeps events, each once, and what they add up to. */
export type EventStore = AggregateReader & {
  readonly take: (events: readonly NormalizedEvent[]) => Promise<StoreCounts>;
  /** The register says of which ring a computer is. No enrolment from before `asOf` changes it again. */
  readonly enrol: (machine: string, ring: Ring, asOf?: UnixSeconds) => Promise<void>;
};
