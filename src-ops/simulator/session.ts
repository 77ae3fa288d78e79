import { SLOT_MS } from "../gates/index.ts";
import { NOTHING_LOST, type ProcessKind, type SessionState } from "../../src-shared/telemetry/index.ts";
import type { Tick } from "./ticks.ts";

// Repeated in this order: mostly seeking, as viewers do. Starts and license verdicts are counted by themselves.
const MIX = ["play", "seek", "seek", "seek", "unlock", "seek", "seek", "play", "seek", "seek"] as const;

/** Upper bounds of the verdict histogram, as the app counts them; one more bucket for slower ones. */
const VERDICT_BOUNDS_MS = [1, 2, 5, 10, 20, 50, 100, 250, 500, 1000];

/** One run of the app on one computer: its counts so far. */
export type Session = {
  readonly id: string;
  readonly version: string;
  readonly startedAt: Tick;
  readonly startMs: number;
  readonly ok: Record<(typeof MIX)[number], number>;
  readonly failed: Record<(typeof MIX)[number], number>;
  readonly buckets: number[];
  readonly crashes: Record<ProcessKind, number>;
  failedStarts: number;
  failedVerdicts: number;
  done: number;
  seq: number;
  openTicks: number;
  downMs: number;
  memory: number;
  highest: number;
};

export function beginSession(id: string, version: string, startedAt: Tick, startMs: number): Session {
  return {
    id,
    version,
    startedAt,
    startMs: Math.round(startMs),
    ok: { play: 0, seek: 0, unlock: 0 },
    failed: { play: 0, seek: 0, unlock: 0 },
    buckets: [0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0],
    crashes: { main: 0, renderer: 0, gpu: 0, worker: 0 },
    failedStarts: 0,
    failedVerdicts: 0,
    done: 0,
    seq: 0,
    openTicks: 0,
    downMs: 0,
    memory: 0,
    highest: 0,
  };
}

/** Counts one operation. */
export function operate(session: Session, hasFailed: boolean): void {
  const kind = MIX[session.done++ % MIX.length] as (typeof MIX)[number];
  (hasFailed ? session.failed : session.ok)[kind]++;
}

export function judgeLicense(session: Session, tookMs: number, hasFailed: boolean): void {
  const slot = VERDICT_BOUNDS_MS.findIndex((bound) => tookMs <= bound);
  (session.buckets[slot < 0 ? VERDICT_BOUNDS_MS.length : slot] as number)++;
  if (hasFailed) session.failedVerdicts++;
}

export function noteMemory(session: Session, bytes: number): void {
  session.memory = Math.max(0, Math.round(bytes));
  session.highest = Math.max(session.highest, session.memory);
}

/** The state that the app reports. */
export function stateOf(session: Session, startedAt: number, status: SessionState["status"]): SessionState {
  const { ok, failed, buckets, crashes, failedStarts, failedVerdicts } = session;
  const uptimeMs = session.openTicks * SLOT_MS;
  let verdicts = 0;
  for (const count of buckets) verdicts += count;
  return {
    version: session.version,
    status,
    startedAt,
    uptimeMs,
    downMs: Math.min(uptimeMs, Math.round(session.downMs)),
    cpuMs: 0,
    memory: { private: session.memory, highest: session.highest },
    startMs: session.startMs,
    operations: {
      start: { ok: 1 - failedStarts, failed: failedStarts },
      verdict: { ok: verdicts - failedVerdicts, failed: failedVerdicts },
      unlock: { ok: ok.unlock, failed: failed.unlock },
      play: { ok: ok.play, failed: failed.play },
      seek: { ok: ok.seek, failed: failed.seek },
    },
    verdicts: { OK: verdicts - failedVerdicts, STATE_NOT_WRITTEN: failedVerdicts },
    verdictMs: { buckets: [...buckets], sum: 0 },
    crashes: { ...crashes },
    security: { signature: 0, rollback: 0 },
    faults: 0,
    features: ok.play + failed.play > 0 ? ["play"] : [],
    lost: NOTHING_LOST,
  };
}
