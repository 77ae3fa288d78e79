import {
  beginSession,
  changeSession,
  type Crash,
  endSession,
  eventIdOf,
  type FeedbackContent,
  type ProblemContent,
  type SecurityFinding,
  type SessionChange,
  type SessionState,
  type TelemetryEvent,
  type UpdateStep,
} from "../../src-shared/telemetry/index.ts";
import type { Milliseconds, UnixMs } from "../../src-shared/units.ts";

export type RecorderPorts = {
  readonly now: () => UnixMs;
  /** Milliseconds of a monotonic clock. */
  readonly monotonic: () => Milliseconds;
  readonly randomBytes: (count: number) => Uint8Array;
  readonly sender: { readonly "service.version": string };
};

/** A session as it was last stored: what the next start needs to close it after a crash. */
export type SessionRecord = {
  readonly session: string;
  readonly seq: number;
  readonly up: Milliseconds;
  readonly state: SessionState;
};

/** Follows one session in memory and creates its events, with consecutive numbers. */
export type Recorder = {
  readonly change: (change: SessionChange) => void;
  readonly stateEvent: () => TelemetryEvent;
  /** What `stateEvent` would return now. No number is used up. */
  readonly nextState: () => TelemetryEvent;
  readonly findingEvent: (finding: SecurityFinding) => TelemetryEvent;
  readonly updateEvent: (update: UpdateStep) => TelemetryEvent;
  readonly crashEvent: (crash: Crash) => TelemetryEvent;
  readonly feedbackEvent: (feedback: FeedbackContent) => TelemetryEvent;
  readonly problemEvent: (problem: ProblemContent) => TelemetryEvent;
  readonly end: () => void;
  readonly up: () => Milliseconds;
  readonly record: () => SessionRecord;
};

export function createRecorder({ now, monotonic, randomBytes, sender }: RecorderPorts): Recorder {
  const began = monotonic();
  const session = eventIdOf(now(), randomBytes(10));
  let state = beginSession(now(), sender["service.version"]);
  let seq = 0;
  const up = () => Math.max(0, Math.round(monotonic() - began));
  const next = () => envelopeOf(session, ++seq, up(), { now, randomBytes });

  return {
    change(change) {
      state = changeSession(state, change);
    },
    stateEvent: () => ({ ...next(), kind: "session", state }),
    nextState: () => ({ ...envelopeOf(session, seq + 1, up(), { now, randomBytes }), kind: "session", state }),
    findingEvent: (finding) => ({ ...next(), kind: "security", finding }),
    updateEvent: (update) => ({ ...next(), kind: "update", update }),
    crashEvent: (crash) => ({ ...next(), kind: "crash", crash }),
    feedbackEvent: (feedback) => ({ ...next(), kind: "feedback", feedback }),
    problemEvent: (problem) => ({ ...next(), kind: "problem", problem }),
    end() {
      state = endSession(state, { status: "ended" });
    },
    up,
    record: () => ({ session, seq, up: up(), state }),
  };
}

/**
 * The last events of a session that did not end regularly: its end, and the crash of its main process, if there was one.
 * Their numbers follow the last one that was stored.
 */
export function abnormalEnd(
  { session, seq, up, state }: SessionRecord,
  mainCrashed: boolean,
  ports: Pick<RecorderPorts, "now" | "randomBytes">,
): readonly TelemetryEvent[] {
  const ended = endSession(state, { status: "abnormal", mainCrashed });
  const end = { ...envelopeOf(session, seq + 1, up, ports), kind: "session", state: ended } as const;
  if (!mainCrashed) return [end];
  const crash = { process: "main", reason: "crashed" } as const;
  return [end, { ...envelopeOf(session, seq + 2, up, ports), kind: "crash", crash }];
}

function envelopeOf(
  session: string,
  seq: number,
  up: Milliseconds,
  { now, randomBytes }: Pick<RecorderPorts, "now" | "randomBytes">,
) {
  const at = Math.max(0, Math.trunc(now()) || 0);
  return { v: 1, id: eventIdOf(at, randomBytes(10)), session, seq, at, up } as const;
}
