import type { Ring } from "../../src-shared/license/index.ts";
import { MINUTE, type Milliseconds, type UnixMs } from "../../src-shared/units.ts";
import type { BuildId } from "../../src-shared/updates/index.ts";
import type {
  AvailabilityWindow,
  ComputerCounts,
  ComputerDay,
  ComputerDurations,
  Counters,
  Enrolled,
  Exposure,
  LastReached,
  Score,
  Ticket,
} from "./facts.ts";
import type { Finding } from "./refusals.ts";

/** The build that a ring runs, and since when: from the ring's signed document. */
export type RunningRelease = {
  readonly ring: Ring;
  readonly build: BuildId;
  readonly version: string;
  readonly since: UnixMs;
  /**
   * Events from this time on count. 0: the ring never ran the build before, so an event that seems to be older than `since`
   * comes from a computer whose clock is wrong, and counts as well.
   */
  readonly countsFrom: UnixMs;
  /** What the ring before had done with the build when it was promoted, from the signed evidence. */
  readonly pooled: Exposure | null;
};

export const WINDOW_MS: Milliseconds = 30 * MINUTE * 1_000;

/** What the event store knows about a release. All times are by the receiver's clock. */
export type AggregateReader = {
  readonly totals: (ring: Ring, version: string, from: UnixMs) => Promise<Counters>;
  /** The operations of each computer since then, and how many failed, cut to what is plausible; all other counts are 0. */
  readonly recent: (ring: Ring, version: string, from: UnixMs) => Promise<readonly ComputerCounts[]>;
  /** What each computer did on each day, cut to what is plausible, by computer and day. */
  readonly days: (ring: Ring, version: string, from: UnixMs) => Promise<readonly ComputerDay[]>;
  /** How long starts and license verdicts of each computer took, on the days from that of `from` to before `to`. */
  readonly durations: (ring: Ring, version: string, from: UnixMs, to: UnixMs) => Promise<readonly ComputerDurations[]>;
  /** The other version with which the ring's computers did most, on the days from that of `from` to before `to`. */
  readonly versionBefore: (ring: Ring, version: string, from: UnixMs, to: UnixMs) => Promise<string | undefined>;
  /** The half hours in which at least so many pseudonyms reported failed attempts. */
  readonly windows: (
    ring: Ring,
    version: string,
    from: UnixMs,
    failing: number,
  ) => Promise<readonly AvailabilityWindow[]>;
  readonly lastCrashAt: (ring: Ring, version: string, from: UnixMs) => Promise<UnixMs | undefined>;
  /** Every computer that is enrolled in the ring, including silent ones. */
  readonly enrolled: (of: { readonly ring: Ring; readonly build: string }) => Promise<readonly Enrolled[]>;
  /** Refused artefacts since the ring began to run the release. */
  readonly findings: (release: RunningRelease) => Promise<readonly Finding[]>;
  readonly scores: (release: RunningRelease) => Promise<readonly Score[]>;
  readonly tickets: (ring: Ring) => Promise<readonly Ticket[]>;
  readonly reached: () => Promise<readonly LastReached[]>;
};
