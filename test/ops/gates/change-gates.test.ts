import { describe, expect, it } from "vitest";
import { type GateName, judgeRelease } from "../../../src-ops/gates/index.ts";
import { startBucket } from "../../../src-ops/gates/durations.ts";
import type { Comparison, ComputerDurations, DayOperations, ReleaseFacts } from "../../../src-ops/gates/facts.ts";
import { DAY_MS, defaultPolicy, FIRST_DAY, greenRing0, HOUR_MS, machine, SINCE } from "./facts.ts";

const policy = defaultPolicy();
const nameOf = (number: number) => machine(number).machine;

function gateOf(gate: GateName, more: Partial<ReleaseFacts>, ring: "ring0" | "ga" = "ring0") {
  const facts = { ...greenRing0(), ...more, ring };
  return judgeRelease(facts, policy.rings[ring]).gates.find((one) => one.gate === gate);
}

const comparison = (more: Partial<Comparison>): Comparison => ({
  with: "before",
  version: "0.1.0",
  days: [],
  durations: [],
  memory: [],
  ...more,
});

/** Days of ten computers, which share these failures. */
function daysOf(count: number, operations: number, failed: number, first = FIRST_DAY): readonly DayOperations[] {
  return Array.from({ length: count * 10 }, (_, index) => ({
    machine: nameOf(index % 10),
    day: first + Math.floor(index / 10) * DAY_MS,
    operations,
    failed: index < failed ? 1 : 0,
    sessions: 3,
    crashes: index < failed ? 1 : 0,
  }));
}

const before = daysOf(28, 180, 5, FIRST_DAY - 28 * DAY_MS);

describe("failures compared with the version before", () => {
  it("hold the release and say by how much, if nine times as many fail", () => {
    const gate = gateOf("errorchange", { days: daysOf(7, 180, 11), comparison: comparison({ days: before }) });
    expect(gate).toMatchObject({ outcome: "hold", unit: "evidence", limit: 30 });
    expect(gate?.change?.ratio).toBeCloseTo(11 / 12_600 / (5 / 50_400), 9);
    expect(gate?.value).toBeGreaterThan(500);
  });

  it("pass if as many fail as before, or if nothing is known of the time before", () => {
    const days = daysOf(7, 180, 2);
    expect(gateOf("errorchange", { days, comparison: comparison({ days: before }) })).toMatchObject({
      outcome: "pass",
    });
    expect(gateOf("errorchange", { days, comparison: null })).toMatchObject({ outcome: "pass", value: null });
  });

  it("do not compare with computers that are not in the ring now", () => {
    const others = before.map((day) => ({ ...day, machine: `other ${day.machine}`, failed: 9 }));
    const gate = gateOf("errorchange", {
      days: daysOf(7, 180, 11),
      comparison: comparison({ days: [...before, ...others] }),
    });
    expect(gate?.outcome).toBe("hold");
  });

  it("count crashes for each session in the same way", () => {
    const days = daysOf(7, 180, 11);
    expect(gateOf("crashchange", { days, comparison: comparison({ days: before }) })?.outcome).toBe("hold");
    const calm = days.map((day) => ({ ...day, crashes: 0 }));
    expect(gateOf("crashchange", { days: calm, comparison: comparison({ days: before }) })?.outcome).toBe("pass");
  });

  it("in GA, compare the computers that run it with those that do not, on the same days", () => {
    const group = (name: string, size: number, failing: number): readonly DayOperations[] =>
      Array.from({ length: size * 2 }, (_, index) => ({
        machine: `${name} ${index % size}`,
        day: FIRST_DAY + Math.floor(index / size) * DAY_MS,
        operations: 60,
        // All failures of one computer count as one.
        failed: index % size < failing ? 50 : 0,
        sessions: 1,
        crashes: 0,
      }));
    const outcome = (failing: number, resting: number, hours = 48) =>
      gateOf(
        "errorchange",
        {
          days: group("share", 50, failing),
          comparison: comparison({ with: "rest", days: group("rest", 450, resting) }),
          now: SINCE + hours * HOUR_MS,
        },
        "ga",
      )?.outcome;
    expect(outcome(12, 5)).toBe("hold");
    expect(outcome(1, 9)).toBe("pass");
    expect(outcome(12, 108)).toBe("pass");
    // A day counts six hours after its end: of the first one, all first failures are known then.
    expect([20, 21].map((hours) => outcome(12, 5, hours))).toEqual(["pass", "hold"]);
  });
});

describe("start times and verdicts compared with the version before", () => {
  const starts = (count: number, ms: number, from = 0, to = 10): readonly ComputerDurations[] =>
    Array.from({ length: to - from }, (_, index) => ({
      machine: nameOf(from + index),
      measure: "start",
      bucket: startBucket(ms),
      count,
    }));
  const outcome = (durations: readonly ComputerDurations[], known: readonly ComputerDurations[]) =>
    gateOf("startchange", { durations, comparison: comparison({ durations: known }) });

  it("hold a release whose starts take four times as long", () => {
    const gate = outcome(starts(1, 4_800), starts(30, 1_200));
    expect(gate?.outcome).toBe("hold");
    expect(gate?.change?.ratio).toBeCloseTo(4, 0);
  });

  it("pass starts that are a little slower, and those of a slow computer that was as slow before", () => {
    expect(outcome(starts(20, 1_400), starts(30, 1_200))?.outcome).toBe("pass");
    const known = [...starts(30, 1_200, 0, 9), ...starts(30, 4_800, 9)];
    expect(outcome([...starts(9, 1_200, 0, 9), ...starts(9, 4_800, 9)], known)?.outcome).toBe("pass");
  });

  it("compare a computer without enough starts of its own with all of them", () => {
    expect(outcome(starts(5, 4_800, 0, 1), starts(30, 1_200, 1))?.outcome).toBe("hold");
    expect(outcome(starts(5, 4_800), starts(19, 1_200, 0, 1))).toMatchObject({ outcome: "pass", value: null });
    expect(outcome(starts(5, 4_800), starts(20, 1_200, 0, 1))?.outcome).toBe("hold");
  });

  it("let no computer count for more than three times the median one", () => {
    const one = [...starts(4, 1_200, 0, 9), ...starts(1_000, 4_800, 9)];
    expect(outcome(one, starts(30, 1_200))?.outcome).toBe("pass");
  });

  it("treat verdicts in the same way, by the buckets of their histogram", () => {
    const verdicts = (bucket: number): readonly ComputerDurations[] =>
      starts(30, 1).map((one) => ({ ...one, measure: "verdict", bucket }));
    const found = (bucket: number) =>
      gateOf("verdictchange", { durations: verdicts(bucket), comparison: comparison({ durations: verdicts(3) }) });
    expect([3, 4, 5].map((bucket) => found(bucket)?.outcome)).toEqual(["pass", "pass", "hold"]);
    expect(found(5)?.change).toMatchObject({ before: 10, now: 50 });
  });
});

describe("memory compared with the version before", () => {
  const known = Array.from({ length: 10 }, (_, index) => ({ machine: nameOf(index), highest: 120_000_000 }));
  const using = (highest: number) =>
    gateOf("memorychange", {
      machines: greenRing0().machines.map((one) => ({ ...one, memory: [{ day: 0, highest }] })),
      comparison: comparison({ memory: known }),
    });

  it("holds a release that needs a quarter more on the same computers", () => {
    expect(using(150_000_000)).toMatchObject({ outcome: "hold", change: { before: 120_000_000, now: 150_000_000 } });
    expect(using(149_999_999)?.outcome).toBe("pass");
  });

  it("names the computers on which it grows, and lets one unusual day pass", () => {
    const growing = (days: readonly number[]) =>
      gateOf("memorychange", {
        machines: greenRing0().machines.map((one) => ({
          ...one,
          memory: days.map((highest, day) => ({ day, highest })),
        })),
      });
    expect(growing([100e6, 120e6, 140e6])).toMatchObject({ outcome: "hold", value: 20e6 });
    expect(growing([100e6, 120e6, 140e6])?.computers).toHaveLength(10);
    expect(growing([100e6, 180e6, 101e6, 100e6, 102e6])?.outcome).toBe("pass");
  });

  it("holds a release on which it grows on more than a fifth of the computers, and on more than one", () => {
    const leaking = (count: number, of: number, usage = [0, 20e6, 40e6, 60e6]) =>
      gateOf("memorychange", {
        machines: Array.from({ length: of }, (_, index) =>
          machine(index, {
            memory: usage.map((more, day) => ({ day, highest: 100e6 + (index < count ? more : 0) })),
          }),
        ),
      });
    expect(leaking(3, 10)).toMatchObject({ outcome: "hold", value: 20e6, computers: [0, 1, 2].map(nameOf) });
    expect(leaking(2, 10)).toMatchObject({ outcome: "pass", value: 0, computers: [] });
    expect(leaking(2, 9)?.outcome).toBe("hold");
    expect([leaking(1, 4), leaking(2, 4), leaking(1, 1)].map((gate) => gate?.outcome)).toEqual([
      "pass",
      "hold",
      "hold",
    ]);
    // The limit itself is reached; three days say too little about single computers.
    const others = [
      [0, 10e6, 20e6, 30e6],
      [0, 10e6 - 1, 20e6 - 2, 30e6 - 3],
      [0, 20e6, 40e6],
    ];
    expect(others.map((usage) => leaking(3, 10, usage)?.outcome)).toEqual(["hold", "pass", "pass"]);
  });
});
