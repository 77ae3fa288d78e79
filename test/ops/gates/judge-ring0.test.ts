import { describe, expect, it } from "vitest";
import { type GateName, judgeRelease } from "../../../src-ops/gates/index.ts";
import {
  defaultPolicy,
  GOOD,
  greenRing0,
  HOUR_MS,
  machine,
  NOTHING,
  NOTHING_REFUSED,
  type RingFacts,
  SINCE,
  unheard,
} from "./facts.ts";
import { hold, judged, PASS, stop } from "./judged.ts";

const policy = defaultPolicy();

/** Ten computers of ring0, the first ones replaced. */
const withMachines = (...first: ReturnType<typeof machine>[]): RingFacts => ({
  machines: [...first, ...greenRing0().machines.slice(first.length)],
});
const tenWith = (more: Parameters<typeof machine>[1]): RingFacts => ({
  machines: greenRing0().machines.map((_, index) => machine(index, more)),
});

describe("a release in ring0", () => {
  it("passes after 48 h with 4,000 good operations on ten computers", () => {
    expect(judged(greenRing0())).toEqual(PASS);
  });

  const NOW = SINCE + 48 * HOUR_MS;
  const oneHighDay = [200_000_000, 150_000_000].map((highest, day) => ({ day, highest }));
  // At the limit, and just before it.
  const limits: { name: string; gates: GateName[]; at: RingFacts; before: RingFacts }[] = [
    { name: "48 h", gates: ["time"], at: { now: NOW }, before: { now: NOW - 1 } },
    {
      name: "3,992 operations",
      gates: ["errors"],
      at: { totals: { ...GOOD, operations: 3_992 } },
      before: { totals: { ...GOOD, operations: 3_991 } },
    },
    {
      name: "5,841 operations with a failure",
      gates: ["errors"],
      at: { totals: { ...GOOD, operations: 5_841, failed: 1 } },
      before: { totals: { ...GOOD, operations: 5_840, failed: 1 } },
    },
    {
      name: "38 starts",
      gates: ["starts"],
      at: { totals: { ...GOOD, starts: 38 } },
      before: { totals: { ...GOOD, starts: 37 } },
    },
    {
      name: "38 verdicts",
      gates: ["verdicts"],
      at: { totals: { ...GOOD, verdicts: 38 } },
      before: { totals: { ...GOOD, verdicts: 37 } },
    },
    {
      name: "397 attempts",
      gates: ["availability"],
      at: { totals: { ...GOOD, attempts: 397 } },
      before: { totals: { ...GOOD, attempts: 396 } },
    },
    {
      name: "0.1 % down",
      gates: ["uptime"],
      at: { totals: { ...GOOD, downMs: 0.001 * GOOD.uptimeMs } },
      before: { totals: { ...GOOD, downMs: 0.001 * GOOD.uptimeMs + 10 } },
    },
    {
      name: "under 200 MB on nine of ten days",
      gates: ["memory"],
      at: withMachines(...[0, 1].map((one) => machine(one, { memory: oneHighDay }))),
      before: withMachines(...[0, 1, 2].map((one) => machine(one, { memory: oneHighDay }))),
    },
    {
      name: "199,999,999 bytes",
      gates: ["memory"],
      at: tenWith({ memory: [{ day: 0, highest: 199_999_999 }] }),
      before: tenWith({ memory: [{ day: 0, highest: 200_000_000 }] }),
    },
    {
      name: "memory that grows by less than 10 MB a day",
      gates: ["memorychange"],
      at: tenWith({ memory: [0, 1].map((day) => ({ day, highest: 150_000_000 + day * 9_999_999 })) }),
      before: tenWith({ memory: [0, 1].map((day) => ({ day, highest: 150_000_000 + day * 10_000_000 })) }),
    },
    {
      name: "nine computers that reported in the last 24 h",
      gates: ["reporting"],
      at: withMachines(machine(0, { lastAt: NOW - 24 * HOUR_MS - 1 }), machine(1, { lastAt: NOW - 24 * HOUR_MS })),
      before: withMachines(...[0, 1].map((one) => machine(one, { lastAt: NOW - 24 * HOUR_MS - 1 }))),
    },
    {
      name: "24 h on each computer",
      gates: ["exposure"],
      at: withMachines(machine(0, { firstAt: NOW - 24 * HOUR_MS })),
      before: withMachines(machine(0, { firstAt: NOW - 24 * HOUR_MS + 1 })),
    },
    {
      name: "30 operations on nine computers",
      gates: ["exposure"],
      at: withMachines(machine(0, { operations: 29 }), machine(1, { operations: 30 })),
      before: withMachines(machine(0, { operations: 29 }), machine(1, { operations: 29 })),
    },
    {
      name: "the operating systems of the next ring",
      gates: ["classes"],
      at: { missingPlatforms: [] },
      before: { missingPlatforms: ["windows/x64"] },
    },
    {
      name: "24 h after a crash that did not end the app",
      gates: ["crashes"],
      at: { totals: { ...GOOD, crashes: 1 }, lastCrashAt: NOW - 24 * HOUR_MS },
      before: { totals: { ...GOOD, crashes: 1 }, lastCrashAt: NOW - 24 * HOUR_MS + 1 },
    },
    {
      name: "every refusal explained",
      gates: ["security"],
      at: { security: NOTHING_REFUSED },
      before: { security: { ...NOTHING_REFUSED, unexplained: 1 } },
    },
  ];
  it.each(limits)("needs $name", ({ at, before, gates }) => {
    expect(judged(greenRing0(at))).toEqual(PASS);
    expect(judged(greenRing0(before))).toEqual(hold(...gates));
  });

  it.each([
    ["was never heard of", unheard(0, {})],
    ["was offered it", unheard(0)],
    ["installed it and never started it", unheard(0, { offered: SINCE, downloaded: SINCE, installed: SINCE })],
  ])("is held by one computer that %s, and names it", (_, silent) => {
    const facts = greenRing0(withMachines(silent));
    expect(judged(facts)).toEqual(hold("unheard"));
    const gate = judgeRelease(facts, policy.rings.ring0).gates.find((one) => one.gate === "unheard");
    expect(gate?.computers).toEqual([silent.machine]);
  });

  it("is held by one computer whose failures chance does not explain, and names it", () => {
    const outliersOf = (failed: number, of: number) => {
      const facts = greenRing0();
      const counts = facts.counts.map((one, index) =>
        index === 3 ? { ...one, counts: { ...one.counts, failed, operations: of } } : one,
      );
      return judgeRelease({ ...facts, counts }, policy.rings.ring0).gates.find(({ gate }) => gate === "outliers");
    };
    // Four failures in 400 operations could be chance, among ten computers; five are not.
    expect(outliersOf(4, 400)).toMatchObject({ outcome: "pass", computers: [] });
    expect(outliersOf(5, 400)).toMatchObject({ outcome: "hold", computers: [machine(3).machine] });
    expect(outliersOf(5, 600)).toMatchObject({ outcome: "pass" });
  });

  it("is held by an operating system on which it fails, however many others it runs on", () => {
    const failing = (count: number) => {
      const machines = greenRing0().machines.map((one, index) =>
        index < 2 ? { ...one, platform: "windows/x64", failed: index < count ? 3 : 0 } : one,
      );
      return judgeRelease(greenRing0({ machines }), policy.rings.ring0).gates.find(({ gate }) => gate === "classes");
    };
    expect(failing(1)).toMatchObject({ outcome: "pass" });
    expect(failing(2)).toMatchObject({ outcome: "hold", computers: [machine(0).machine, machine(1).machine] });
  });

  it("passes with eight computers enrolled of ten only as a failure, after the deadline", () => {
    const machines = greenRing0()
      .machines.slice(2)
      .map((one) => ({ ...one, firstAt: SINCE, lastAt: SINCE + 20 * HOUR_MS }));
    expect(judged(greenRing0({ machines, now: SINCE + 23 * HOUR_MS })).notGreen).toEqual([
      "time: hold",
      "reporting: hold",
      "funnel: hold",
      "exposure: hold",
    ]);
  });

  it("may still pass with one silent computer of ten", () => {
    const machines = [...greenRing0().machines.slice(1), machine(0, { lastAt: SINCE })];
    expect(judged(greenRing0({ machines }))).toEqual(PASS);
  });

  const halts: { name: string; gates: GateName[]; facts: RingFacts }[] = [
    {
      name: "one crash of the app",
      gates: ["crashes"],
      facts: { totals: { ...GOOD, crashes: 1, fatalCrashes: 1 }, lastCrashAt: SINCE },
    },
    {
      name: "crashes that are too frequent",
      gates: ["crashrate"],
      facts: { totals: { ...GOOD, crashes: 7 }, lastCrashAt: SINCE },
    },
    {
      name: "a genuine license refused on one computer",
      gates: ["security"],
      facts: { security: { ...NOTHING_REFUSED, genuineMachines: 1 } },
    },
    {
      name: "4 failures in 300 operations of 2 h",
      gates: ["surge"],
      facts: { recent: { operations: 300, failed: 4 } },
    },
  ];
  it.each(halts)("is halted by $name", ({ facts, gates }) => {
    expect(judged(greenRing0(facts))).toEqual(stop(...gates));
  });

  it("is halted by a half hour in which few attempts succeed", () => {
    const windows = [{ at: SINCE, attempts: 20, attemptsFailed: 11 }];
    expect(judged(greenRing0({ windows }))).toEqual(stop("availability"));
    expect(judged(greenRing0({ windows: [{ at: SINCE, attempts: 19, attemptsFailed: 19 }] }))).toEqual(PASS);
  });

  it("fails without a halt if the feed or the ingest has been unreachable for more than half an hour", () => {
    const { now } = greenRing0();
    const reachedBefore = (minutes: number) => greenRing0({ reached: [{ place: "feed", at: now - minutes * 60_000 }] });
    expect(judged(reachedBefore(30))).toEqual(PASS);
    expect(judged(reachedBefore(31))).toEqual({ verdict: "fail", halt: false, notGreen: ["availability: fail"] });
  });

  it("is halted by the sequential test long before it could pass", () => {
    const totals = { ...GOOD, operations: 350, failed: 5 };
    expect(judged(greenRing0({ totals })).notGreen).toContain("sequential: halt");
    expect(judged(greenRing0({ totals: { ...totals, operations: 400 } })).halt).toBe(false);
  });

  it("is not halted by 299 operations, nor by exactly 1 %", () => {
    expect(judged(greenRing0({ recent: { operations: 299, failed: 9 } }))).toEqual(PASS);
    expect(judged(greenRing0({ recent: { operations: 300, failed: 3 } }))).toEqual(PASS);
  });

  it("is not halted by manipulated licenses, which are only reported", () => {
    expect(judged(greenRing0({ security: { ...NOTHING_REFUSED, suspected: 40 } }))).toEqual(PASS);
  });

  it("fails if computers stay silent beyond the deadline", () => {
    const machines = greenRing0().machines.slice(2);
    const late = judged(
      greenRing0({
        machines: machines.map((one) => ({ ...one, lastAt: SINCE + 80 * HOUR_MS })),
        now: SINCE + 80 * HOUR_MS,
      }),
    );
    expect(late).toEqual({
      verdict: "fail",
      halt: false,
      notGreen: ["reporting: fail", "funnel: fail", "exposure: hold"],
    });
  });

  it("fails if offered updates do not arrive", () => {
    const stuck = [0, 1].map((number) => unheard(number, { offered: SINCE, downloaded: SINCE + HOUR_MS }));
    const facts = (hours: number) => {
      const now = SINCE + hours * HOUR_MS;
      const others = greenRing0()
        .machines.slice(2)
        .map((one) => ({ ...one, lastAt: now }));
      return greenRing0({ now, machines: [...stuck, ...others] });
    };
    expect(judged(facts(48)).notGreen).toEqual(["reporting: hold", "funnel: hold", "unheard: hold", "exposure: hold"]);
    expect(judged(facts(50)).notGreen).toEqual(["reporting: hold", "funnel: fail", "unheard: hold", "exposure: hold"]);
  });

  it("does not pass without data", () => {
    const nothing = greenRing0({ totals: NOTHING, recent: NOTHING, windows: [], machines: [] });
    const { verdict, gates } = judgeRelease(nothing, policy.rings.ring0);
    expect(verdict).toBe("fail");
    const passed = gates.filter(({ outcome }) => outcome === "pass").map(({ gate }) => gate);
    // Only the time gate, and the gates that look for something bad, may pass without any report.
    expect(passed).toEqual([
      "time",
      "outliers",
      "classes",
      "security",
      "crashes",
      "crashrate",
      "sequential",
      "surge",
      "errorchange",
      "crashchange",
      "startchange",
      "verdictchange",
      "memorychange",
    ]);
  });

  it("is left to people when the longest observation time has ended", () => {
    const now = SINCE + 168 * HOUR_MS;
    const facts = greenRing0({
      now,
      totals: { ...GOOD, failed: 2 },
      machines: greenRing0().machines.map((one) => ({ ...one, lastAt: now })),
    });
    expect(judgeRelease(facts, policy.rings.ring0)).toMatchObject({ verdict: "inconclusive", timeIsUp: true });
  });
});
