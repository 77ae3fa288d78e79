import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import * as v from "valibot";
import {
  beginSession,
  changeSession,
  endSession,
  EventId,
  eventIdOf,
  FEATURES,
  localMetricsName,
  localMetricsOf,
  OPERATIONS,
  PROCESSES,
  SessionState,
  stampOf,
  timeOfEvent,
} from "../../../src-shared/telemetry/index.ts";
import { AT, BUSY_SESSION, SESSION, stateAfter } from "./events.ts";

const sample = { uptimeMs: 1_000, downMs: 0, cpuMs: 10, privateBytes: 5, lost: BUSY_SESSION.lost };

describe("a session", () => {
  it("holds all that happened in it", () => {
    expect(BUSY_SESSION).toEqual({
      version: "0.1.0",
      status: "running",
      startedAt: AT,
      uptimeMs: 300_000,
      downMs: 1_500,
      cpuMs: 4_321,
      memory: { private: 180_000_000, highest: 180_000_000 },
      startMs: 812,
      operations: {
        start: { ok: 1, failed: 0 },
        verdict: { ok: 2, failed: 1 },
        unlock: { ok: 1, failed: 0 },
        play: { ok: 0, failed: 1 },
        seek: { ok: 1, failed: 0 },
      },
      verdicts: { OK: 1, EXPIRED: 1, STATE_NOT_WRITTEN: 1 },
      verdictMs: { buckets: [0, 0, 1, 1, 0, 0, 0, 0, 0, 0, 1], sum: 5_011 },
      crashes: { main: 0, renderer: 0, gpu: 1, worker: 0 },
      security: { signature: 0, rollback: 1 },
      faults: 1,
      features: ["play"],
      lost: { dropped: 1, corrupted: 2, refused: 3 },
    });
  });

  it("counts a verdict up to its bound, and above it in the next bucket", () => {
    const bucketOf = (tookMs: number) =>
      stateAfter({ kind: "verdict", code: "OK", tookMs }).verdictMs.buckets.indexOf(1);
    expect([0, 1, 1.01, 2, 1000, 1000.1].map(bucketOf)).toEqual([0, 0, 1, 1, 9, 10]);
  });

  it("never lets a cumulative figure go back, nor what was down exceed the time it ran", () => {
    const later = stateAfter(
      { kind: "sample", sample },
      { kind: "sample", sample: { ...sample, uptimeMs: 1, cpuMs: -5, downMs: 9_999, privateBytes: Number.NaN } },
    );
    expect(later).toMatchObject({ uptimeMs: 1_000, downMs: 1_000, cpuMs: 10, memory: { private: 0, highest: 5 } });
  });

  it("is over once it has ended, and the first end counts", () => {
    const ended = endSession(BUSY_SESSION, { status: "ended" });
    expect(ended.status).toBe("ended");
    expect(changeSession(ended, { kind: "fault" })).toBe(ended);
    expect(endSession(ended, { status: "abnormal", mainCrashed: true })).toBe(ended);
  });

  it("counts a crash of the main process only where it left a minidump", () => {
    expect(endSession(BUSY_SESSION, { status: "abnormal", mainCrashed: false }).crashes.main).toBe(0);
    expect(endSession(BUSY_SESSION, { status: "abnormal", mainCrashed: true })).toMatchObject({
      status: "abnormal",
      crashes: { main: 1, gpu: 1 },
    });
  });

  it("is within its schema whatever happens", () => {
    const change = fc.oneof(
      fc.record({
        kind: fc.constant("operation" as const),
        operation: fc.constantFrom(...OPERATIONS),
        succeeded: fc.boolean(),
      }),
      fc.record({
        kind: fc.constant("verdict" as const),
        code: fc.constantFrom("OK" as const, "REVOKED" as const),
        tookMs: fc.double(),
      }),
      fc.record({ kind: fc.constant("usable" as const), startMs: fc.double() }),
      fc.record({ kind: fc.constant("crash" as const), process: fc.constantFrom(...PROCESSES) }),
      fc.record({ kind: fc.constant("feature" as const), feature: fc.constantFrom(...FEATURES) }),
      fc.record({
        kind: fc.constant("sample" as const),
        sample: fc.record({
          uptimeMs: fc.double(),
          downMs: fc.double(),
          cpuMs: fc.double(),
          privateBytes: fc.double(),
          lost: fc.constant(BUSY_SESSION.lost),
        }),
      }),
    );
    fc.assert(
      fc.property(fc.double(), fc.array(change), (at, changes) => {
        expect(v.safeParse(SessionState, changes.reduce(changeSession, beginSession(at, "0.1.0"))).success).toBe(true);
      }),
    );
  });
});

describe("an event id", () => {
  const random = new Uint8Array(10).fill(255);

  it("is a UUID of version 7 that begins with its time", () => {
    expect(eventIdOf(0x0123_4567_89ab, random)).toBe("01234567-89ab-7fff-bfff-ffffffffffff");
    expect(eventIdOf(0, new Uint8Array(10))).toBe("00000000-0000-7000-8000-000000000000");
  });

  it.each([-1, Number.NaN, 2 ** 60])("is one for the clock %s too", (at) => {
    expect(v.safeParse(EventId, eventIdOf(at, random)).success).toBe(true);
  });
});

describe("the time of an event", () => {
  const YEAR = 365 * 86_400_000;
  const sent = { at: AT, session: SESSION, up: 60_000 };

  it("is exact within the sending session, wherever its clock was set", () => {
    const event = { session: SESSION, at: AT - 30 * YEAR, up: 20_000 };
    expect(timeOfEvent(event, sent, AT + YEAR)).toEqual({ at: AT + YEAR - 40_000, estimated: false });
  });

  it("is corrected by the error of the clock for an earlier session, and never lies ahead", () => {
    const event = { session: "another", at: AT - 5_000, up: 20_000 };
    expect(timeOfEvent(event, sent, AT + YEAR)).toEqual({ at: AT + YEAR - 5_000, estimated: true });
    expect(timeOfEvent({ ...event, at: AT + 9 * YEAR }, sent, AT)).toEqual({ at: AT, estimated: true });
  });

  it("is an estimate where an event says it came after its own sending", () => {
    expect(timeOfEvent({ session: SESSION, at: AT, up: 60_001 }, sent, AT)).toMatchObject({ estimated: true });
  });
});

describe("the local file", () => {
  const who = { timestamp: "2026-01-01T00:05:00.000Z", ring: "ring1", hostname: "pilot", version: "0.1.0" } as const;

  it("holds the figures of R-26 under their names", () => {
    expect(localMetricsOf(who, BUSY_SESSION, { cpuMs: 321, uptimeMs: 0 })).toEqual({
      ...who,
      memoryUsage: 180_000_000,
      cpuUsage: 1.33,
      processUptime: 300,
      errorCount: 2,
      signatureErrors: 0,
      antiRollbackErrors: 1,
    });
  });

  it("gives no share of the processor over a moment: the processes began before the session", () => {
    const before = { cpuMs: 0, uptimeMs: BUSY_SESSION.uptimeMs - 999 };
    expect(localMetricsOf(who, BUSY_SESSION, before).cpuUsage).toBe(0);
    expect(localMetricsOf(who, BUSY_SESSION, { ...before, uptimeMs: before.uptimeMs - 1 }).cpuUsage).toBe(432.1);
  });

  it("is named by ring and minute, in an order that its stamp keeps", () => {
    const name = localMetricsName("ring1", who.timestamp);
    expect(name).toBe("metrics-ring1-20260101-0005.json");
    expect(stampOf(name)).toBe("20260101-0005");
    expect(stampOf("metrics-ring9-20260101-0005.json")).toBeUndefined();
  });
});
