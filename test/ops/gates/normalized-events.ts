import * as v from "valibot";
import type { NormalizedEvent, RunningRelease } from "../../../src-ops/gates/index.ts";
import {
  beginSession,
  changeSession,
  type Crash,
  type CrashReason,
  eventIdOf,
  type FeedbackContent,
  type ProblemContent,
  type ProcessKind,
  type SecurityFinding,
  type SessionChange,
  type SessionState,
  type TelemetryEvent,
  type UpdateStep,
} from "../../../src-shared/telemetry/index.ts";
import { BuildId } from "../../../src-shared/updates/index.ts";
import { testId, testSeed } from "../../fakes/test-keys.ts";
import { SINCE } from "./facts.ts";

export const BUILD = v.parse(BuildId, "b2-linux");
export const RELEASE: RunningRelease = {
  ring: "ring0",
  build: BUILD,
  version: "0.2.0",
  since: SINCE,
  countsFrom: SINCE,
  pooled: null,
};
const MACHINE = testId("machine 0");
export const MACHINES: readonly string[] = [MACHINE, testId("machine 1"), testId("machine 2")];

export function idOf(phrase: string): string {
  return eventIdOf(SINCE, testSeed(phrase).subarray(0, 10));
}

export function stateOf(version: string, changes: readonly SessionChange[]): SessionState {
  return changes.reduce(changeSession, beginSession(SINCE, version));
}

type Where = { readonly machine?: string; readonly session: string; readonly seq: number; readonly at: number };

type Content =
  | { kind: "session"; state: SessionState }
  | { kind: "security"; finding: SecurityFinding }
  | { kind: "update"; update: UpdateStep }
  | { kind: "crash"; crash: Crash }
  | { kind: "feedback"; feedback: FeedbackContent }
  | { kind: "problem"; problem: ProblemContent };

function normalizedEvent(where: Where, rest: Content): NormalizedEvent {
  const { machine = MACHINE, session, seq, at } = where;
  const id = idOf(`${machine} ${session} ${seq} event`);
  const event = { v: 1, id, session: idOf(session), seq, at, up: 0, ...rest } as TelemetryEvent;
  return { machine, platform: "linux/x64", ring: "ring0", version: "0.2.0", at, event };
}

export const normalizedState = (where: Where, state: SessionState) =>
  normalizedEvent(where, { kind: "session", state });
export const normalizedFinding = (where: Where, artefact: string | null, more: Partial<SecurityFinding> = {}) =>
  normalizedEvent(where, {
    kind: "security",
    finding: { what: "signature", subject: "license", code: "SIGNATURE_INVALID", artefact, ...more },
  });
export const normalizedStep = (where: Where, step: UpdateStep["step"]) =>
  normalizedEvent(where, { kind: "update", update: { step, build: BUILD, seq: 1, code: null } });

export const normalizedCrash = (where: Where, process: ProcessKind, reason: CrashReason) =>
  normalizedEvent(where, { kind: "crash", crash: { process, reason } });

const SILENT = { well: "", badly: "", comment: "", contact: "" };
export const normalizedAnswer = (where: Where, score: number | null) =>
  normalizedEvent(where, { kind: "feedback", feedback: { version: "0.2.0", occasion: "update", score, ...SILENT } });
export const normalizedProblem = (where: Where, ticket: string) =>
  normalizedEvent(where, {
    kind: "problem",
    problem: { version: "0.2.0", ticket, words: "It stops", contact: "", diagnostics: "" },
  });
