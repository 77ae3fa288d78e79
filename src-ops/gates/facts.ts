import type { Ring } from "../../src-shared/license/index.ts";
import type { Feature, UpdateStep } from "../../src-shared/telemetry/index.ts";
import type { Bytes, Milliseconds, UnixMs } from "../../src-shared/units.ts";

/** Whole numbers that add up: over machines, over time, over rings. */
export type Counters = {
  readonly operations: number;
  readonly failed: number;
  /** Of the operations `start`, `unlock` and `play`. */
  readonly attempts: number;
  readonly attemptsFailed: number;
  /** Healthy starts, and those of them over 5 s. */
  readonly starts: number;
  readonly slowStarts: number;
  /** License verdicts, and those of them over 1 s. */
  readonly verdicts: number;
  readonly slowVerdicts: number;
  readonly uptimeMs: Milliseconds;
  readonly downMs: Milliseconds;
  readonly crashes: number;
  /** Log lines that speak of a signature or of a rollback; whether the release is at fault, the findings tell. */
  readonly signature: number;
  readonly rollback: number;
  readonly faults: number;
};

/** When a computer took each step towards the build. */
export type Steps = { readonly [step in UpdateStep["step"]]?: UnixMs };

/** What one enrolled computer of the ring said of the release; one that said nothing is there too. */
export type MachineFacts = {
  readonly machine: string;
  readonly operations: number;
  readonly failed: number;
  readonly memoryHighest: Bytes;
  readonly features: readonly Feature[];
  /** The last state of a session that ran the release. */
  readonly lastAt: UnixMs | undefined;
  readonly steps: Steps;
};

export type AvailabilityWindow = { readonly at: UnixMs; readonly attempts: number; readonly attemptsFailed: number };

export type Ticket = { readonly openedAt: UnixMs; readonly closedAt: UnixMs | undefined };

/** What a client has to reach for the rings to be run. */
export type ProbeTarget = "feed" | "ingest";

/** When a place was last reached as a client reaches it, or first asked for in vain. */
export type LastReached = { readonly place: ProbeTarget; readonly at: UnixMs };

/** Everything that a verdict on one release in one ring is made of, and nothing else. */
export type ReleaseFacts = {
  readonly ring: Ring;
  readonly now: UnixMs;
  /** When the ring began to run these bytes. */
  readonly since: UnixMs;
  /** Of the ring, since then. */
  readonly totals: Counters;
  /** Of the same bytes in the ring that the policy pools with: failures count as much as exposure. */
  readonly pooled: Counters;
  /** Of the ring, in the hours in which a rise halts. */
  readonly recent: Pick<Counters, "operations" | "failed">;
  /** Half hours with their attempts, since then. */
  readonly windows: readonly AvailabilityWindow[];
  readonly machines: readonly MachineFacts[];
  /** Computers that refused an artefact that is genuine and current, and findings on any other. */
  readonly security: { readonly genuineMachines: number; readonly suspected: number };
  readonly lastCrashAt: UnixMs | undefined;
  /** 0 to 10, one for each person who answered. */
  readonly scores: readonly number[];
  /** How many people are asked. */
  readonly asked: number;
  readonly tickets: readonly Ticket[];
  /** Of the places that somebody asks for. */
  readonly reached: readonly LastReached[];
};
