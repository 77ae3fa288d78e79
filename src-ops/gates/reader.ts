import type { Ring } from "../../src-shared/license/index.ts";
import { HOUR, MINUTE, type Milliseconds, type UnixMs } from "../../src-shared/units.ts";
import type { BuildId } from "../../src-shared/updates/index.ts";
import type { AvailabilityWindow, Counters, MachineFacts, LastReached, ReleaseFacts, Ticket } from "./facts.ts";
import { NO_COUNTS } from "./counters.ts";
import type { RingPolicy } from "./policy.ts";
import { type Finding, type IsGenuine, securityOf } from "./refusals.ts";

/** The build that a ring runs, and since when: from the ring's signed document. */
export type RunningRelease = {
  readonly ring: Ring;
  readonly build: BuildId;
  readonly version: string;
  readonly since: UnixMs;
};

export const WINDOW_MS: Milliseconds = 30 * MINUTE * 1_000;

/** What the event store knows about a release. All times are by the receiver's clock. */
export type AggregateReader = {
  readonly totals: (ring: Ring, version: string, from: UnixMs) => Promise<Counters>;
  readonly windows: (ring: Ring, version: string, from: UnixMs) => Promise<readonly AvailabilityWindow[]>;
  readonly lastCrashAt: (ring: Ring, version: string, from: UnixMs) => Promise<UnixMs | undefined>;
  /** Every computer that is enrolled in the ring, including silent ones. */
  readonly machines: (release: RunningRelease, now: UnixMs) => Promise<readonly MachineFacts[]>;
  /** Refused artefacts since the ring began to run the release. */
  readonly findings: (release: RunningRelease) => Promise<readonly Finding[]>;
  readonly scores: (release: RunningRelease) => Promise<readonly number[]>;
  readonly tickets: (ring: Ring) => Promise<readonly Ticket[]>;
  readonly reached: () => Promise<readonly LastReached[]>;
};

/** Collects the input of a verdict. */
export async function readFacts(
  reader: AggregateReader,
  release: RunningRelease,
  policy: RingPolicy,
  isGenuine: IsGenuine,
  now: UnixMs,
): Promise<ReleaseFacts> {
  const { ring, version, since } = release;
  const { pooledWith, halt } = policy.errors;
  const machines = await reader.machines(release, now);
  return {
    ring,
    now,
    since,
    totals: await reader.totals(ring, version, since),
    pooled: pooledWith === null ? NO_COUNTS : await reader.totals(pooledWith, version, 0),
    recent: await reader.totals(ring, version, Math.max(since, now - halt.hours * HOUR * 1_000)),
    windows: await reader.windows(ring, version, since),
    machines,
    security: securityOf(await reader.findings(release), isGenuine),
    lastCrashAt: await reader.lastCrashAt(ring, version, since),
    scores: await reader.scores(release),
    asked: machines.length,
    tickets: await reader.tickets(ring),
    reached: await reader.reached(),
  };
}
