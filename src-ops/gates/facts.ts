import type { Ring } from "../../src-shared/license/index.ts";
import type { Feature, UpdateStep } from "../../src-shared/telemetry/index.ts";
import type { Bytes, Milliseconds, UnixMs } from "../../src-shared/units.ts";
import type { DurationCount } from "./durations.ts";

/** Whole numbers that can be summed over machines, time and rings. */
export type Counters = {
  readonly sessions: number;
  readonly operations: number;
  readonly failed: number;
  /** Of the operations `start`, `unlock` and `play`. */
  readonly attempts: number;
  readonly attemptsFailed: number;
  /** Healthy starts, and how many of them took more than 5 s. */
  readonly starts: number;
  readonly slowStarts: number;
  /** License verdicts, and how many of them took more than 1 s. */
  readonly verdicts: number;
  readonly slowVerdicts: number;
  readonly uptimeMs: Milliseconds;
  readonly downMs: Milliseconds;
  readonly crashes: number;
  /** The crashes that ended the app: those of its main process. */
  readonly fatalCrashes: number;
  /** Log lines about a signature or a rollback; the findings show whether the release caused them. */
  readonly signature: number;
  readonly rollback: number;
  readonly faults: number;
};

/** What a ring has done with a build when it was promoted: it stands in the signed evidence. */
export type Exposure = Pick<
  Counters,
  "operations" | "failed" | "attempts" | "attemptsFailed" | "starts" | "slowStarts" | "verdicts" | "slowVerdicts"
>;

/** When a computer completed each step of the update to the build. */
export type Steps = { readonly [step in UpdateStep["step"]]?: UnixMs };

/** What one computer has counted. */
export type ComputerCounts = { readonly machine: string; readonly counts: Counters };

/** What one computer did on one day (UTC); `day` is its start. */
export type ComputerDay = {
  readonly machine: string;
  readonly day: UnixMs;
  readonly counts: Counters;
  /** How much it reported beyond what one computer can do (plausible.ts), which does not count. */
  readonly surplus: number;
  readonly memoryHighest: Bytes;
  readonly features: readonly Feature[];
  readonly firstAt: UnixMs;
  readonly lastAt: UnixMs;
};

/** What computers whose data was erased had counted before, without their names. */
export const ERASED = "erased";

/** An enrolled computer of a ring, silent ones included. */
export type Enrolled = { readonly machine: string; readonly platform: string | undefined; readonly steps: Steps };

/** Operations of one computer on one day. */
export type DayOperations = {
  readonly machine: string;
  readonly day: UnixMs;
  readonly operations: number;
  readonly failed: number;
  readonly sessions: number;
  readonly crashes: number;
};

/** How long starts and license verdicts of one computer took. */
export type ComputerDurations = { readonly machine: string } & DurationCount;

/** What one computer of the ring reported about the release; silent computers are included. */
export type MachineFacts = Enrolled & {
  readonly operations: number;
  readonly failed: number;
  readonly surplus: number;
  /** The highest memory of each day, the oldest first, with the day's number since the first of all. */
  readonly memory: readonly { readonly day: number; readonly highest: Bytes }[];
  readonly features: readonly Feature[];
  /** When it first and last reported a session that ran the release. */
  readonly firstAt: UnixMs | undefined;
  readonly lastAt: UnixMs | undefined;
};

/** What each computer attempted in a half hour. */
export type AvailabilityWindow = { readonly at: UnixMs; readonly computers: readonly WindowCounts[] };
export type WindowCounts = { readonly machine: string; readonly attempts: number; readonly attemptsFailed: number };

/** The last answer of one computer, 0 to 10. */
export type Score = { readonly machine: string; readonly score: number };

export type Ticket = { readonly openedAt: UnixMs; readonly closedAt: UnixMs | undefined };

/** A service that clients must be able to reach. */
export type ProbeTarget = "feed" | "ingest";

/** When a service was last reached in the way a client does, or, if never, when it was first tried. */
export type LastReached = { readonly place: ProbeTarget; readonly at: UnixMs };

/** What computers refused (refusals.ts). */
export type SecurityFacts = {
  /** Computers that refused a license for which the release is to blame, and how many refusals of each kind. */
  readonly genuineMachines: number;
  readonly genuine: { readonly signature: number; readonly rollback: number };
  /** Refusals of genuine licenses whose cause was not reported. */
  readonly unexplained: number;
  /** All other refusals: of something altered or older. */
  readonly suspected: number;
};

/**
 * The version with which the release is compared. `rest`: other computers run it at the same time; otherwise the same
 * computers ran it in the weeks before.
 */
export type Comparison = {
  readonly with: "rest" | "before";
  readonly version: string;
  readonly days: readonly DayOperations[];
  readonly durations: readonly ComputerDurations[];
  /** The median over the days of the highest memory of each computer. */
  readonly memory: readonly { readonly machine: string; readonly highest: Bytes }[];
};

/** The complete input of a verdict on one release in one ring. */
export type ReleaseFacts = {
  readonly ring: Ring;
  readonly now: UnixMs;
  /** When the ring began to run this build. */
  readonly since: UnixMs;
  /** The computers that count: all of the ring, or in GA those to which the build was offered. */
  readonly machines: readonly MachineFacts[];
  /** By computer, since then. */
  readonly counts: readonly ComputerCounts[];
  readonly days: readonly DayOperations[];
  readonly durations: readonly ComputerDurations[];
  /** What the ring before had done with the build when it was promoted; `null` if the policy pools with none. */
  readonly pooled: Exposure | null;
  readonly comparison: Comparison | null;
  /** Operating systems that are common in the next ring and missing in this one. */
  readonly missingPlatforms: readonly string[];
  /** By computer, in the last hours, for the surge gate. */
  readonly recent: readonly ComputerCounts[];
  /** The attempts in each half hour since then in which enough computers failed to halt the release. */
  readonly windows: readonly AvailabilityWindow[];
  readonly security: SecurityFacts;
  readonly lastCrashAt: UnixMs | undefined;
  /** One for each person who answered. */
  readonly scores: readonly number[];
  /** The number of people who are asked. */
  readonly asked: number;
  readonly tickets: readonly Ticket[];
  /** Of the services that are probed. */
  readonly reached: readonly LastReached[];
};
