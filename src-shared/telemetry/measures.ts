import * as v from "valibot";
import { NonNegativeInteger } from "../integers.ts";
import { REFUSAL_CODES } from "../license/index.ts";

// What is measured, as defined in docs/formats/telemetry.md. A new measure needs its line there.

export const OPERATIONS = ["start", "verdict", "unlock", "play", "seek"] as const;
export type Operation = (typeof OPERATIONS)[number];

export const PROCESSES = ["main", "renderer", "gpu", "worker"] as const;
export type ProcessKind = (typeof PROCESSES)[number];

/**
 * Why a process ended: the reasons that Electron gives (`render-process-gone`). The main process and the worker give none:
 * theirs is `crashed`.
 */
export const CRASH_REASONS = [
  "abnormal-exit",
  "crashed",
  "integrity-failure",
  "killed",
  "launch-failed",
  "memory-eviction",
  "oom",
] as const;
export type CrashReason = (typeof CRASH_REASONS)[number];

export const FEATURES = [
  "play",
  "resume",
  "search",
  "subtitles",
  "chapters",
  "speed",
  "activation",
  "passphrase",
  "return",
  "link",
  "diagnostics",
  "updates",
] as const;
export type Feature = (typeof FEATURES)[number];

export const VERDICT_CODES = ["OK", "GRACE", ...REFUSAL_CODES] as const;
export type VerdictCode = (typeof VERDICT_CODES)[number];

/** Upper bounds of the verdict histogram, in milliseconds; one additional bucket for slower ones. */
export const VERDICT_BOUNDS_MS = [1, 2, 5, 10, 20, 50, 100, 250, 500, 1000] as const;

export const Count = NonNegativeInteger;
const Milliseconds = Count;

const Outcomes = v.strictObject({ ok: Count, failed: Count });

export const AppVersion = v.pipe(v.string(), v.regex(/^[0-9A-Za-z.+-]{1,32}$/));

/** The whole session so far: each state replaces the ones before it. */
export const SessionState = v.strictObject({
  /** Version of the app that ran this session: a newer one may run by the time it is sent. */
  version: AppVersion,
  status: v.picklist(["running", "ended", "abnormal"]),
  startedAt: Milliseconds,
  uptimeMs: Milliseconds,
  downMs: Milliseconds,
  cpuMs: Milliseconds,
  memory: v.strictObject({ private: Count, highest: Count }),
  startMs: v.nullable(Milliseconds),
  operations: v.strictObject({ start: Outcomes, verdict: Outcomes, unlock: Outcomes, play: Outcomes, seek: Outcomes }),
  verdicts: v.record(v.picklist(VERDICT_CODES), Count),
  verdictMs: v.strictObject({ buckets: v.pipe(v.array(Count), v.length(VERDICT_BOUNDS_MS.length + 1)), sum: Count }),
  crashes: v.strictObject({ main: Count, renderer: Count, gpu: Count, worker: Count }),
  security: v.strictObject({ signature: Count, rollback: Count }),
  faults: Count,
  features: v.pipe(
    v.array(v.picklist(FEATURES)),
    v.check((features) => new Set(features).size === features.length),
  ),
  lost: v.strictObject({ dropped: Count, corrupted: Count, refused: Count }),
});
export type SessionState = v.InferOutput<typeof SessionState>;
export type Lost = SessionState["lost"];

export const NOTHING_LOST: Lost = { dropped: 0, corrupted: 0, refused: 0 };
