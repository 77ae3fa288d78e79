import { describe, expect, it } from "vitest";
import { type GateName, judgeRelease, type MachineFacts, type RingPolicy } from "../../../src-ops/gates/index.ts";
import type { ReleaseFacts } from "../../../src-ops/gates/facts.ts";
import {
  defaultPolicy,
  GOOD,
  greenRing0,
  HOUR_MS,
  machine,
  NOTHING_REFUSED,
  type RingFacts,
  SINCE,
  unheard,
} from "./facts.ts";

const { ring0, ring1 } = defaultPolicy().rings;

function gateOf(gate: GateName, facts: ReleaseFacts, policy: RingPolicy = ring0) {
  const found = judgeRelease(facts, policy).gates.find((one) => one.gate === gate);
  if (!found) throw new Error(`${gate} is no gate of this policy`);
  return found;
}
const outcomeOf = (...of: Parameters<typeof gateOf>) => gateOf(...of).outcome;
const at = (hours: number, ms = 0) => SINCE + hours * HOUR_MS + ms;
const machinesWith = (count: number, more: (index: number) => Partial<MachineFacts>) =>
  Array.from({ length: count }, (_, index) => machine(index, more(index)));

describe("silence", () => {
  it("fails at exactly 72 h if too few ever reported, and holds before", () => {
    const outcome = (now: number) => {
      const machines = machinesWith(8, () => ({ lastAt: now }));
      return outcomeOf("reporting", greenRing0({ machines, now }));
    };
    expect([at(72, -1), at(72)].map(outcome)).toEqual(["hold", "fail"]);
  });

  it("of computers that reported before never fails", () => {
    const now = at(100);
    const ever = (count: number) =>
      outcomeOf("reporting", greenRing0({ machines: machinesWith(count, () => ({ lastAt: at(1) })), now }));
    expect([ever(8), ever(9)]).toEqual(["fail", "hold"]);
  });
});

describe("the deadlines of the funnel", () => {
  const deadlines: RingPolicy = {
    ...ring0,
    funnel: { offeredHours: 10, downloadedHours: 20, installedHours: 40, healthyHours: 80 },
  };
  it.each<[string, MachineFacts["steps"], number]>([
    ["offered", {}, 10],
    ["downloaded", { offered: at(1) }, 21],
    ["installed", { offered: at(1), downloaded: at(2) }, 42],
    ["started", { offered: at(1), downloaded: at(2), installed: at(3) }, 83],
  ])("end when it should have been %s, to the millisecond", (_, steps, hours) => {
    const outcome = (now: number) => {
      // Two of ten, which is one more than may be missing.
      const machines = machinesWith(10, () => ({ lastAt: now })).map((one, index) =>
        index < 2 ? unheard(index, steps) : one,
      );
      return outcomeOf("funnel", greenRing0({ machines, now }), deadlines);
    };
    expect([at(hours), at(hours, 1)].map(outcome)).toEqual(["hold", "fail"]);
  });

  it("count for computers that are not enrolled from the offer", () => {
    const outcome = (now: number) =>
      outcomeOf("funnel", greenRing0({ machines: machinesWith(8, () => ({ lastAt: now })), now }), deadlines);
    expect([at(10), at(10, 1)].map(outcome)).toEqual(["hold", "fail"]);
  });
});

describe("shares of computers", () => {
  const withMachines = (more: Partial<RingPolicy["machines"]>): RingPolicy => {
    return { ...ring0, machines: { ...ring0.machines, ...more } };
  };

  it("are exact where the product is not", () => {
    // 0.29 * 100 is a little less than 29 as a double, and 0.07 * 100 a little more than 7.
    const machines = machinesWith(100, () => ({})).map((one, index) => (index < 29 ? unheard(index) : one));
    expect(gateOf("unheard", greenRing0({ machines }), withMachines({ unheardShare: 0.29 }))).toMatchObject({
      outcome: "pass",
      limit: 29,
    });
    const few = machinesWith(100, (index) => ({ lastAt: index < 7 ? at(48) : at(1) }));
    expect(outcomeOf("reporting", greenRing0({ machines: few }), withMachines({ reportingShare: 0.07 }))).toBe("pass");
  });

  it("need at least one computer that was heard of, also in an empty ring", () => {
    expect(gateOf("unheard", greenRing0({ machines: [] }))).toMatchObject({
      outcome: "hold",
      missing: { have: 0, need: 1 },
    });
  });
});

describe("failures of single computers", () => {
  const counted = (failures: readonly number[], operations: number, machines = 10) => {
    const facts = greenRing0({ machines: machinesWith(machines, () => ({})) });
    const counts = failures.map((failed, index) => {
      return { machine: machine(index).machine, counts: { ...GOOD, operations, failed } };
    });
    return gateOf("outliers", { ...facts, counts });
  };

  it("are a pattern from the second one, and never a single one", () => {
    expect(counted([2], 2)).toMatchObject({ outcome: "hold", computers: [machine(0).machine] });
    // In a ring of one computer, one failure of one is more evidence than is needed.
    expect(counted([1], 1, 1)).toMatchObject({ outcome: "pass" });
    expect(counted([1], 1, 1).value).toBeGreaterThan(20);
  });

  it("are named from the worst one", () => {
    expect(counted([6, 9, 0], 400).computers).toEqual([machine(1).machine, machine(0).machine]);
  });

  it("are weighed by the number of computers that counted, those that were erased included", () => {
    const [three, six] = [counted([9, 0, 0], 400, 3), counted([9, 0, 0, 0, 0, 0], 400, 3)];
    expect((three.value as number) / (six.value as number)).toBeCloseTo(2, 9);
  });

  it("are never a fault of their kind, however many there are", () => {
    const failing = (count: number) => {
      const machines = machinesWith(10, (index) =>
        index < 2 ? { platform: "windows/x64", failed: index < count ? 40 : 0 } : {},
      );
      return gateOf("classes", greenRing0({ machines }));
    };
    expect(failing(1)).toMatchObject({ outcome: "pass", value: 500_000, computers: [] });
    expect(failing(2)).toMatchObject({ outcome: "hold", computers: [machine(0).machine, machine(1).machine] });
  });

  it("of one kind are weighed by the number of kinds", () => {
    const kinds = (count: number) =>
      gateOf(
        "classes",
        greenRing0({
          machines: machinesWith(8, (index) => ({
            platform: index < 2 ? "bad" : `good ${index % (count - 1)}`,
            failed: index < 2 ? 3 : 0,
          })),
        }),
      ).value as number;
    expect(kinds(2) / kinds(4)).toBeCloseTo(2, 9);
  });
});

describe("what halts", () => {
  it("needs as many computers as the ring says, for a refused license and for crashes of the app", () => {
    const two: RingPolicy = { ...ring0, machines: { ...ring0.machines, haltComputers: 2 } };
    const refused = (genuineMachines: number) =>
      outcomeOf("security", greenRing0({ security: { ...NOTHING_REFUSED, genuineMachines } }), two);
    expect([0, 1, 2].map(refused)).toEqual(["pass", "hold", "halt"]);
    const crashed = (fatalCrashes: number) => {
      const totals = { ...GOOD, crashes: fatalCrashes, fatalCrashes };
      return outcomeOf("crashes", greenRing0({ totals, lastCrashAt: at(1) }), two);
    };
    // A fatal crash is not made good by a quiet time: another computer could follow.
    expect([0, 1, 2].map(crashed)).toEqual(["pass", "hold", "halt"]);
    const calm: RingPolicy = { ...two, crashes: { ...two.crashes, halts: false } };
    const totals = { ...GOOD, crashes: 1, fatalCrashes: 1 };
    expect(outcomeOf("crashes", greenRing0({ totals, lastCrashAt: at(1) }), calm)).toBe("pass");
  });

  it("is weighed over all days that have begun of the longest time", () => {
    const evidence = (longestHours: number) => {
      const facts = greenRing0({ totals: { ...GOOD, operations: 500, failed: 4 } });
      return gateOf("sequential", facts, { ...ring0, longestHours }).value as number;
    };
    expect(evidence(169)).toBe(evidence(192));
    expect(evidence(168)).toBeGreaterThan(evidence(169));
  });

  it("is a half hour in which more than the share fails, and not exactly that", () => {
    const windows = (attemptsFailed: number, haltBelow: number) =>
      outcomeOf("availability", greenRing0({ windows: [{ at: SINCE, attempts: 20, attemptsFailed }] }), {
        ...ring0,
        availability: { ...ring0.availability, haltBelow },
      });
    expect([10, 11].map((failed) => windows(failed, 0.5))).toEqual(["pass", "halt"]);
    expect([15, 16].map((failed) => windows(failed, 0.25))).toEqual(["pass", "halt"]);
  });

  it("comes before an unreachable feed, which only fails", () => {
    const reached = [{ place: "feed" as const, at: at(10) }];
    const windows = [{ at: SINCE, attempts: 20, attemptsFailed: 20 }];
    expect(outcomeOf("availability", greenRing0({ reached, windows }))).toBe("halt");
  });

  it("shows the first half hour that is in doubt", () => {
    const facts = greenRing0({ machines: machinesWith(4, () => ({})) });
    const window = (when: number, failedOnSecond: number) => ({
      at: when,
      computers: [20, failedOnSecond, 0, 0].map((attemptsFailed, index) => {
        return { machine: machine(index).machine, attempts: index === 0 ? 20 : 10, attemptsFailed };
      }),
    });
    const windows = [window(SINCE, 0), window(SINCE + 1, 1)];
    // Of the two computers in the middle of four, nothing failed in the first half hour, and something in the second one.
    expect(gateOf("availability", { ...facts, windows }, ring1)).toMatchObject({ outcome: "hold", value: 1 });
  });

  it("is judged in a ring as large as what was counted, or as its computers, whichever is more", () => {
    const two: RingPolicy = { ...ring0, machines: { ...ring0.machines, haltComputers: 2 } };
    const evidence = (enrolled: number, counting: number) => {
      const facts = greenRing0({ machines: machinesWith(enrolled, () => ({})) });
      const days = Array.from({ length: 3 }, (_, index) => {
        return { machine: machine(index).machine, day: 0, operations: 100, failed: 1, sessions: 1, crashes: 0 };
      });
      const counts = machinesWith(counting, () => ({})).map((one) => ({ machine: one.machine, counts: GOOD }));
      return gateOf("sequential", { ...facts, days, counts }, two).value;
    };
    // A fourth computer, which is silent, is the one that is left out.
    expect(evidence(4, 3)).toBe(evidence(4, 4));
    expect(evidence(3, 4)).toBe(evidence(4, 4));
    expect(evidence(3, 3)).not.toBe(evidence(4, 4));
  });
});

describe("a surge", () => {
  it("is judged with the silent computers of a ring, of which one is left out as speaking for the release", () => {
    const outcome = (enrolled: number) => {
      const facts = greenRing0({ machines: machinesWith(enrolled, () => ({})) });
      const recent = machinesWith(3, () => ({})).map((one) => {
        return { machine: one.machine, counts: { ...GOOD, operations: 150, failed: 3 } };
      });
      return outcomeOf("surge", { ...facts, counts: [], recent }, ring1);
    };
    // Three failures in 150 operations of a single computer are not enough evidence, six in 300 of two are.
    expect([3, 4].map(outcome)).toEqual(["pass", "halt"]);
  });
});

describe("memory", () => {
  const using = (...days: readonly number[]) =>
    gateOf(
      "memory",
      greenRing0({ machines: days.map((highest, index) => machine(index, { memory: [{ day: 0, highest }] })) }),
    );

  it("of days on which none was measured does not count", () => {
    expect(using(0, 0, 0, 0, 0, 0, 0, 0, 0, 250e6)).toMatchObject({ outcome: "hold", value: 250e6 });
    expect(using(0, 0)).toMatchObject({ outcome: "hold", value: null });
  });

  it("names the computers that reached the limit itself", () => {
    expect(using(200e6, 199e6, 200e6)).toMatchObject({
      outcome: "hold",
      computers: [machine(0).machine, machine(2).machine],
    });
  });
});

describe("what a ring hands on", () => {
  it("are whole numbers, rounded against the release", () => {
    const policy: RingPolicy = { ...ring0, machines: { ...ring0.machines, weight: 1.5 } };
    const facts = greenRing0();
    const counts = [1, 3, 3, 100].map((operations, index) => {
      return { machine: machine(index).machine, counts: { ...GOOD, operations, failed: 1 } };
    });
    const { exposure } = judgeRelease({ ...facts, counts }, policy);
    // The last one counts for 1.5 times the median of 3.
    expect(exposure).toMatchObject({ operations: Math.floor(1 + 3 + 3 + 4.5), failed: 4 });
  });

  it("are failures as well as successes of every kind", () => {
    const pooled = {
      operations: 1_000,
      failed: 2,
      attempts: 100,
      attemptsFailed: 3,
      starts: 50,
      slowStarts: 4,
      verdicts: 70,
      slowVerdicts: 5,
    };
    const facts: RingFacts = {
      pooled,
      totals: { ...GOOD, failed: 1, attemptsFailed: 1, slowStarts: 1, slowVerdicts: 1 },
    };
    expect(judgeRelease(greenRing0(facts), ring0).exposure).toEqual({
      operations: 5_000,
      failed: 3,
      attempts: 1_100,
      attemptsFailed: 4,
      starts: 110,
      slowStarts: 5,
      verdicts: 670,
      slowVerdicts: 6,
    });
    expect(gateOf("starts", greenRing0(facts))).toMatchObject({ sample: { events: 5, of: 110 } });
    expect(gateOf("verdicts", greenRing0(facts))).toMatchObject({ sample: { events: 6, of: 670 } });
    expect(gateOf("availability", greenRing0(facts))).toMatchObject({ sample: { events: 4, of: 1_100 } });
  });
});
