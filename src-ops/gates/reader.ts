import type { Ring } from "../../src-shared/license/index.ts";
import { HOUR, MINUTE, type Milliseconds, type UnixMs } from "../../src-shared/units.ts";
import type { BuildId } from "../../src-shared/updates/index.ts";
import { byComputer, type ComputerOf, grouped, machinesByComputer } from "./computers.ts";
import type {
  AvailabilityWindow,
  ComputerCounts,
  Counters,
  LastReached,
  MachineFacts,
  ReleaseFacts,
  Score,
  Ticket,
  WindowCounts,
} from "./facts.ts";
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
  /** These counts by computer, cut to what is plausible; a store may leave the others at 0. */
  readonly counts: (
    ring: Ring,
    version: string,
    from: UnixMs,
    names: readonly (keyof Counters)[],
  ) => Promise<readonly ComputerCounts[]>;
  /** The half hours in which at least so many pseudonyms reported failed attempts. */
  readonly windows: (
    ring: Ring,
    version: string,
    from: UnixMs,
    failing: number,
  ) => Promise<readonly AvailabilityWindow[]>;
  readonly lastCrashAt: (ring: Ring, version: string, from: UnixMs) => Promise<UnixMs | undefined>;
  /** Every computer that is enrolled in the ring, including silent ones. */
  readonly machines: (release: RunningRelease, now: UnixMs) => Promise<readonly MachineFacts[]>;
  /** Refused artefacts since the ring began to run the release. */
  readonly findings: (release: RunningRelease) => Promise<readonly Finding[]>;
  readonly scores: (release: RunningRelease) => Promise<readonly Score[]>;
  readonly tickets: (ring: Ring) => Promise<readonly Ticket[]>;
  readonly reached: () => Promise<readonly LastReached[]>;
};

/** What the publisher's register says about licenses and computers. */
export type RegisterFacts = { readonly isGenuine: IsGenuine; readonly computerOf: ComputerOf };

const RECENT_COUNTS = ["operations", "failed"] as const;
/** What the gates look at. */
const JUDGED_COUNTS = [
  ...RECENT_COUNTS,
  "attempts",
  "attemptsFailed",
  "starts",
  "slowStarts",
  "verdicts",
  "slowVerdicts",
  "uptimeMs",
  "downMs",
  "crashes",
] as const;

/** Collects the input of a verdict. */
export async function readFacts(
  reader: AggregateReader,
  release: RunningRelease,
  policy: RingPolicy,
  { isGenuine, computerOf }: RegisterFacts,
  now: UnixMs,
): Promise<ReleaseFacts> {
  const { ring, version, since } = release;
  const { pooledWith, halt } = policy.errors;
  const machines = machinesByComputer(await reader.machines(release, now), computerOf);
  const recent = await reader.counts(ring, version, Math.max(since, now - halt.hours * HOUR * 1_000), RECENT_COUNTS);
  // With one computer less than a halt needs, the gate already holds.
  const failing = Math.max(1, policy.machines.haltComputers - 1);
  const windows = await reader.windows(ring, version, since, failing);
  const findings = await reader.findings(release);
  const scores = await reader.scores(release);
  return {
    ring,
    now,
    since,
    machines,
    pooled:
      pooledWith === null ? [] : byComputer(await reader.counts(pooledWith, version, 0, JUDGED_COUNTS), computerOf),
    counts: byComputer(await reader.counts(ring, version, since, JUDGED_COUNTS), computerOf),
    recent: byComputer(recent, computerOf),
    windows: windows.map(({ at, computers }) => ({ at, computers: grouped(computers, computerOf, joinAttempts) })),
    security: securityOf(
      findings.map((finding) => ({ ...finding, machine: computerOf(finding.machine) })),
      isGenuine,
    ),
    lastCrashAt: await reader.lastCrashAt(ring, version, since),
    scores: grouped(scores, computerOf, (a, b) => (a.score < b.score ? a : b)).map(({ score }) => score),
    asked: machines.length,
    tickets: await reader.tickets(ring),
    reached: await reader.reached(),
  };
}

function joinAttempts(a: WindowCounts, b: WindowCounts): WindowCounts {
  return { ...a, attempts: a.attempts + b.attempts, attemptsFailed: a.attemptsFailed + b.attemptsFailed };
}
