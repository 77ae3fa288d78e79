import {
  beginSession,
  changeSession,
  eventIdOf,
  type SecurityFinding,
  type Sender,
  type SentAt,
  type SessionChange,
  type SessionState,
  type TelemetryEvent,
} from "../../../src-shared/telemetry/index.ts";
import type { Opinion } from "../../../src-shared/feedback/index.ts";
import { NOW } from "../../fakes/issuer.ts";
import { testId, testSeed } from "../../fakes/test-keys.ts";

export const AT = NOW * 1000;

/** An event id that depends only on the phrase. */
export function testEventId(phrase: string) {
  return eventIdOf(AT, testSeed(phrase).subarray(0, 10));
}

export const SESSION = testEventId("session");

export const SENDER: Sender = {
  "service.name": "usb-video-vault",
  "service.version": "0.1.0",
  "service.instance.id": testId("pilot"),
  "uvv.ring": "ring1",
  "os.type": "linux",
  "host.arch": "x64",
};

export const SENT: SentAt = { at: AT + 300_000, session: SESSION, up: 300_000 };

export function stateAfter(...changes: readonly SessionChange[]): SessionState {
  return changes.reduce(changeSession, beginSession(AT, "0.1.0"));
}

/** A session in which everything is counted at least once. */
export const BUSY_SESSION: SessionState = stateAfter(
  { kind: "usable", startMs: 812.4 },
  { kind: "verdict", code: "OK", tookMs: 4.2 },
  { kind: "verdict", code: "EXPIRED", tookMs: 5_000 },
  { kind: "verdict", code: "STATE_NOT_WRITTEN", tookMs: 7 },
  { kind: "operation", operation: "unlock", succeeded: true },
  { kind: "operation", operation: "play", succeeded: false },
  { kind: "operation", operation: "seek", succeeded: true },
  { kind: "feature", feature: "play" },
  { kind: "feature", feature: "play" },
  { kind: "crash", process: "gpu" },
  { kind: "security", what: "rollback" },
  { kind: "fault" },
  {
    kind: "sample",
    sample: {
      uptimeMs: 300_000,
      downMs: 1_500,
      cpuMs: 4_321,
      privateBytes: 180_000_000,
      lost: { dropped: 1, corrupted: 2, refused: 3 },
    },
  },
);

export const FINDING: SecurityFinding = {
  what: "signature",
  subject: "license",
  code: "SIGNATURE_INVALID",
  artefact: Buffer.from(testSeed("artefact")).toString("hex"),
};

export const OPINION: Opinion = {
  score: 8,
  well: "Seeking is quick",
  badly: "",
  comment: "Deux lignes\nde commentaire",
  contact: "",
};

export function sessionEvent(seq: number, state: SessionState = BUSY_SESSION): TelemetryEvent {
  return { ...envelope(seq), kind: "session", state };
}

export function securityEvent(seq: number, finding = FINDING): TelemetryEvent {
  return { ...envelope(seq), kind: "security", finding };
}

export function crashEvent(seq: number): TelemetryEvent {
  return { ...envelope(seq), kind: "crash", crash: { process: "renderer", reason: "oom" } };
}

export function feedbackEvent(seq: number, opinion: Opinion = OPINION): TelemetryEvent {
  return { ...envelope(seq), kind: "feedback", feedback: { version: "0.1.0", occasion: "update", ...opinion } };
}

export function problemEvent(seq: number): TelemetryEvent {
  const report = { words: "The sound stops after a seek", contact: "pilot@example.org" };
  const problem = { version: "0.1.0", ticket: "K7QM-2XPA", ...report, diagnostics: "USB Video Vault diagnostics\n" };
  return { ...envelope(seq), kind: "problem", problem };
}

function envelope(seq: number) {
  return {
    v: 1,
    id: testEventId(`event ${seq}`),
    session: SESSION,
    seq,
    at: AT + seq * 1_000,
    up: seq * 1_000,
  } as const;
}
