import type { SessionState } from "../../src-shared/telemetry/index.ts";
import type { Counters } from "./facts.ts";
import { SLOW_START_MS } from "./policy.ts";

export const NO_COUNTS: Counters = {
  sessions: 0,
  operations: 0,
  failed: 0,
  attempts: 0,
  attemptsFailed: 0,
  starts: 0,
  slowStarts: 0,
  verdicts: 0,
  slowVerdicts: 0,
  uptimeMs: 0,
  downMs: 0,
  crashes: 0,
  fatalCrashes: 0,
  signature: 0,
  rollback: 0,
  faults: 0,
};

export const COUNTERS = Object.keys(NO_COUNTS) as readonly (keyof Counters)[];

/** The maximum of each counter of a session; it is above two years in milliseconds. A higher claim is reduced to it, so
 * that the sum of a hundred million claims still fits into 64 bits.
 */
const MAX_PER_SESSION = 2 ** 36;

/** The counts of a session up to this state (attacker-controlled). */
export function countsOf(state: SessionState): Counters {
  return combined(claimedBy(state), NO_COUNTS, (count) => Math.min(count, MAX_PER_SESSION));
}

function claimedBy(state: SessionState): Counters {
  const { start, verdict, unlock, play, seek } = state.operations;
  const attemptsFailed = start.failed + unlock.failed + play.failed;
  const attempts = attemptsFailed + start.ok + unlock.ok + play.ok;
  const failed = attemptsFailed + verdict.failed + seek.failed;
  const { main, renderer, gpu, worker } = state.crashes;
  return {
    sessions: 1,
    operations: attempts + verdict.ok + verdict.failed + seek.ok + seek.failed,
    failed,
    attempts,
    attemptsFailed,
    starts: state.startMs === null ? 0 : 1,
    slowStarts: state.startMs !== null && state.startMs > SLOW_START_MS ? 1 : 0,
    verdicts: state.verdictMs.buckets.reduce((sum, count) => sum + count, 0),
    // The last bucket counts everything above one second.
    slowVerdicts: state.verdictMs.buckets.at(-1) as number,
    uptimeMs: state.uptimeMs,
    downMs: state.downMs,
    crashes: main + renderer + gpu + worker,
    fatalCrashes: main,
    signature: state.security.signature,
    rollback: state.security.rollback,
    faults: state.faults,
  };
}

/** The increase between two states. A decrease, which a faulty sender may report, counts as zero. */
export function countsBetween(before: Counters, after: Counters): Counters {
  return combined(before, after, (a, b) => Math.max(0, b - a));
}

export const added = (a: Counters, b: Counters): Counters => combined(a, b, (x, y) => x + y);
export const lowerOf = (a: Counters, b: Counters): Counters => combined(a, b, Math.min);
export const subtracted = (a: Counters, b: Counters): Counters => combined(a, b, (x, y) => x - y);

// Written without a loop for speed: this runs a thousand times for each batch.
function combined(a: Counters, b: Counters, of: (a: number, b: number) => number): Counters {
  return {
    sessions: of(a.sessions, b.sessions),
    operations: of(a.operations, b.operations),
    failed: of(a.failed, b.failed),
    attempts: of(a.attempts, b.attempts),
    attemptsFailed: of(a.attemptsFailed, b.attemptsFailed),
    starts: of(a.starts, b.starts),
    slowStarts: of(a.slowStarts, b.slowStarts),
    verdicts: of(a.verdicts, b.verdicts),
    slowVerdicts: of(a.slowVerdicts, b.slowVerdicts),
    uptimeMs: of(a.uptimeMs, b.uptimeMs),
    downMs: of(a.downMs, b.downMs),
    crashes: of(a.crashes, b.crashes),
    fatalCrashes: of(a.fatalCrashes, b.fatalCrashes),
    signature: of(a.signature, b.signature),
    rollback: of(a.rollback, b.rollback),
    faults: of(a.faults, b.faults),
  };
}
