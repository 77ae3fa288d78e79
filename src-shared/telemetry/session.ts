import { assertNever } from "../result.ts";
import type { Bytes, Milliseconds, UnixMs } from "../units.ts";
import type { SecurityFinding } from "./event.ts";
import {
  type Feature,
  type Lost,
  NOTHING_LOST,
  type Operation,
  type ProcessKind,
  type SessionState,
  VERDICT_BOUNDS_MS,
  type VerdictCode,
} from "./measures.ts";

/** What can happen in a session, one event at a time. */
export type SessionChange =
  | { readonly kind: "operation"; readonly operation: Operation; readonly succeeded: boolean }
  | { readonly kind: "verdict"; readonly code: VerdictCode; readonly tookMs: Milliseconds }
  | { readonly kind: "usable"; readonly startMs: Milliseconds }
  | { readonly kind: "crash"; readonly process: ProcessKind }
  | { readonly kind: "security"; readonly what: SecurityFinding["what"] }
  | { readonly kind: "fault" }
  | { readonly kind: "feature"; readonly feature: Feature }
  | { readonly kind: "sample"; readonly sample: Sample };

/** What is read from the system from time to time, because no event reports it. */
export type Sample = {
  readonly uptimeMs: Milliseconds;
  readonly downMs: Milliseconds;
  readonly cpuMs: Milliseconds;
  readonly privateBytes: Bytes;
  readonly lost: Lost;
};

const NONE = { ok: 0, failed: 0 };

//   beginSession ──▶ running ──▶ ended      by the person
//                       └──────▶ abnormal   found at the next start
export function beginSession(startedAt: UnixMs, version: string): SessionState {
  return {
    version,
    status: "running",
    startedAt: whole(startedAt),
    uptimeMs: 0,
    downMs: 0,
    cpuMs: 0,
    memory: { private: 0, highest: 0 },
    startMs: null,
    operations: { start: NONE, verdict: NONE, unlock: NONE, play: NONE, seek: NONE },
    verdicts: {},
    verdictMs: { buckets: Array.from({ length: VERDICT_BOUNDS_MS.length + 1 }, () => 0), sum: 0 },
    crashes: { main: 0, renderer: 0, gpu: 0, worker: 0 },
    security: { signature: 0, rollback: 0 },
    faults: 0,
    features: [],
    lost: NOTHING_LOST,
  };
}

/** The session after a change. A session that has ended does not change. */
export function changeSession(state: SessionState, change: SessionChange): SessionState {
  if (state.status !== "running") return state;
  switch (change.kind) {
    case "operation":
      return withOperation(state, change.operation, change.succeeded);
    case "verdict":
      return withVerdict(state, change.code, change.tookMs);
    case "usable":
      return { ...withOperation(state, "start", true), startMs: whole(change.startMs) };
    case "crash":
      return { ...state, crashes: { ...state.crashes, [change.process]: state.crashes[change.process] + 1 } };
    case "security":
      return { ...state, security: { ...state.security, [change.what]: state.security[change.what] + 1 } };
    case "fault":
      return { ...state, faults: state.faults + 1 };
    case "feature":
      return state.features.includes(change.feature)
        ? state
        : { ...state, features: [...state.features, change.feature] };
    case "sample":
      return withSample(state, change.sample);
    default:
      return assertNever(change);
  }
}

/**
 * The last state of a session. `abnormal`: it did not end regularly; `mainCrashed`: its main process left a minidump.
 */
export function endSession(
  state: SessionState,
  how: { readonly status: "ended" } | { readonly status: "abnormal"; readonly mainCrashed: boolean },
): SessionState {
  if (state.status !== "running") return state;
  if (how.status === "ended" || !how.mainCrashed) return { ...state, status: how.status };
  return { ...state, status: how.status, crashes: { ...state.crashes, main: state.crashes.main + 1 } };
}

function withOperation(state: SessionState, operation: Operation, succeeded: boolean): SessionState {
  const { ok, failed } = state.operations[operation];
  const counted = succeeded ? { ok: ok + 1, failed } : { ok, failed: failed + 1 };
  return { ...state, operations: { ...state.operations, [operation]: counted } };
}

function withVerdict(state: SessionState, code: VerdictCode, tookMs: Milliseconds): SessionState {
  const slot = VERDICT_BOUNDS_MS.findIndex((bound) => tookMs <= bound);
  const at = slot < 0 ? VERDICT_BOUNDS_MS.length : slot;
  const buckets = state.verdictMs.buckets.map((count, index) => (index === at ? count + 1 : count));
  const verdictMs = { buckets, sum: whole(state.verdictMs.sum + whole(tookMs)) };
  const verdicts = { ...state.verdicts, [code]: (state.verdicts[code] ?? 0) + 1 };
  return withOperation({ ...state, verdicts, verdictMs }, "verdict", code !== "STATE_NOT_WRITTEN");
}

// Cumulative figures never decrease, whatever the system reports.
function withSample(state: SessionState, sample: Sample): SessionState {
  const uptimeMs = Math.max(state.uptimeMs, whole(sample.uptimeMs));
  const current = whole(sample.privateBytes);
  return {
    ...state,
    uptimeMs,
    downMs: Math.min(uptimeMs, Math.max(state.downMs, whole(sample.downMs))),
    cpuMs: Math.max(state.cpuMs, whole(sample.cpuMs)),
    memory: { private: current, highest: Math.max(state.memory.highest, current) },
    lost: sample.lost,
  };
}

// A count as the schema requires it, whatever a clock or the system reported.
function whole(value: number): number {
  return Number.isFinite(value) ? Math.min(Math.max(0, Math.round(value)), Number.MAX_SAFE_INTEGER) : 0;
}
