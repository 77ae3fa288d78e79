import type { Ring } from "../../src-shared/license/index.ts";
import type { Feature, UpdateStep } from "../../src-shared/telemetry/index.ts";
import type { Bytes, Milliseconds, UnixMs } from "../../src-shared/units.ts";

/** Whole numbers that can be summed over machines, time and rings. */
export type Counters = {
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
  /** Log lines about a signature or a rollback; the findings show whether the release caused them. */
  readonly signature: number;
  readonly rollback: number;
  readonly faults: number;
};

/** When a computer completed each step of the update to the build. */
export type Steps = { readonly [step in UpdateStep["step"]]?: UnixMs };

/** What one computer has counted. */
export type ComputerCounts = { readonly machine: string; readonly counts: Counters };

/** What one enrolled computer of the ring reported about the release; silent computers are included. */
export type MachineFacts = {
  readonly machine: string;
  readonly operations: number;
  readonly failed: number;
  /** How much it reported beyond what one computer can do (plausible.ts), which does not count. */
  readonly surplus: number;
  readonly memoryHighest: Bytes;
  readonly features: readonly Feature[];
  /** The time of the last state of a session that ran the release. */
  readonly lastAt: UnixMs | undefined;
  readonly steps: Steps;
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

/** The complete input of a verdict on one release in one ring. */
export type ReleaseFacts = {
  readonly ring: Ring;
  readonly now: UnixMs;
  /** When the ring began to run this build. */
  readonly since: UnixMs;
  readonly machines: readonly MachineFacts[];
  /** By computer, since then. */
  readonly counts: readonly ComputerCounts[];
  /** Of the same build in the ring that the policy pools with: its failures and its operations both count. */
  readonly pooled: readonly ComputerCounts[];
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
