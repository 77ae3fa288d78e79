import { describe, expect, it } from "vitest";
import { explain, type ExplainedGate, gateTexts, type GateName, judgeRelease } from "../../../src-ops/gates/index.ts";
import { parsePolicy } from "../../../src-ops/gates/policy.ts";
import type { ReleaseFacts } from "../../../src-ops/gates/facts.ts";
import {
  DAY_MS,
  defaultPolicy,
  GOOD,
  greenRing0,
  greenRing1,
  HOUR_MS,
  machine,
  NOTHING,
  NOTHING_REFUSED,
  POLICY_BYTES,
  type RingFacts,
  RING1_TOTALS,
  SINCE,
} from "./facts.ts";

const policy = defaultPolicy();

function judged(facts: ReleaseFacts) {
  const { verdict, halt, gates } = judgeRelease(facts, policy.rings[facts.ring]);
  const notGreen = gates.filter(({ outcome }) => outcome !== "pass").map(({ gate, outcome }) => `${gate}: ${outcome}`);
  return { verdict, halt, notGreen };
}

const PASS = { verdict: "pass", halt: false, notGreen: [] };
const hold = (...gates: GateName[]) => ({
  verdict: "inconclusive",
  halt: false,
  notGreen: gates.map((gate) => `${gate}: hold`),
});
const stop = (...gates: GateName[]) => ({
  verdict: "fail",
  halt: true,
  notGreen: gates.map((gate) => `${gate}: halt`),
});

describe("a release in ring0", () => {
  it("passes after 48 h with 3,000 good operations on ten computers", () => {
    expect(judged(greenRing0())).toEqual(PASS);
  });

  const holds: { name: string; gates: GateName[]; facts: RingFacts }[] = [
    { name: "47 h", gates: ["time"], facts: { now: SINCE + 47 * HOUR_MS } },
    { name: "2,994 operations", gates: ["errors"], facts: { totals: { ...GOOD, operations: 2_994 } } },
    { name: "one failure in 4,741", gates: ["errors"], facts: { totals: { ...GOOD, operations: 4_741, failed: 1 } } },
    { name: "58 starts", gates: ["starts"], facts: { totals: { ...GOOD, starts: 58 } } },
    { name: "298 verdicts", gates: ["verdicts"], facts: { totals: { ...GOOD, verdicts: 298 } } },
    { name: "a slow start", gates: ["starts"], facts: { totals: { ...GOOD, slowStarts: 1 } } },
    { name: "298 attempts", gates: ["availability"], facts: { totals: { ...GOOD, attempts: 298 } } },
    { name: "0.2 % down", gates: ["uptime"], facts: { totals: { ...GOOD, downMs: 0.002 * GOOD.uptimeMs } } },
    { name: "no session at all", gates: ["uptime"], facts: { totals: { ...GOOD, uptimeMs: 0 } } },
    {
      name: "a computer that takes 200 MB",
      gates: ["memory"],
      facts: { machines: [...greenRing0().machines.slice(1), machine(0, { memoryHighest: 200_000_000 })] },
    },
    {
      name: "two silent computers",
      gates: ["reporting"],
      facts: {
        machines: [
          ...greenRing0().machines.slice(2),
          machine(0, { lastAt: SINCE + 23 * HOUR_MS }),
          machine(1, { lastAt: SINCE + 23 * HOUR_MS }),
        ],
      },
    },
    {
      name: "eight of ten computers enrolled, before the deadline",
      gates: ["reporting", "funnel"],
      facts: {
        machines: greenRing0()
          .machines.slice(2)
          .map((one) => ({ ...one, lastAt: SINCE + 20 * HOUR_MS })),
        now: SINCE + 23 * HOUR_MS,
      },
    },
  ];
  it.each(holds)("is held by $name", ({ facts, gates }) => {
    const found = judged(greenRing0(facts));
    const timed = facts.now === undefined || gates.includes("time") ? gates : (["time", ...gates] as GateName[]);
    expect(found).toEqual(hold(...timed));
  });

  it("may still pass with one silent computer of ten", () => {
    const machines = [...greenRing0().machines.slice(1), machine(0, { lastAt: SINCE })];
    expect(judged(greenRing0({ machines }))).toEqual(PASS);
  });

  const halts: { name: string; gates: GateName[]; facts: RingFacts }[] = [
    { name: "one crash", gates: ["crashes"], facts: { totals: { ...GOOD, crashes: 1 }, lastCrashAt: SINCE } },
    {
      name: "a genuine license refused on one computer",
      gates: ["security"],
      facts: { security: { ...NOTHING_REFUSED, genuineMachines: 1 } },
    },
    {
      name: "2 failures in 100 operations of 2 h",
      gates: ["surge"],
      facts: { recent: { operations: 100, failed: 2 } },
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
    const totals = { ...GOOD, operations: 258, failed: 3 };
    expect(judged(greenRing0({ totals })).notGreen).toContain("sequential: halt");
    expect(judged(greenRing0({ totals: { ...totals, operations: 270 } })).halt).toBe(false);
  });

  it("is not halted by 99 operations, nor by exactly 1 %", () => {
    expect(judged(greenRing0({ recent: { operations: 99, failed: 9 } }))).toEqual(PASS);
    expect(judged(greenRing0({ recent: { operations: 200, failed: 2 } }))).toEqual(PASS);
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
    expect(late).toEqual({ verdict: "fail", halt: false, notGreen: ["reporting: fail", "funnel: fail"] });
  });

  it("fails if offered updates do not arrive", () => {
    const stuck = [0, 1].map((number) =>
      machine(number, { lastAt: undefined, steps: { offered: SINCE, downloaded: SINCE + HOUR_MS } }),
    );
    const facts = (hours: number) => {
      const now = SINCE + hours * HOUR_MS;
      const others = greenRing0()
        .machines.slice(2)
        .map((one) => ({ ...one, lastAt: now }));
      return greenRing0({ now, machines: [...stuck, ...others] });
    };
    expect(judged(facts(48)).notGreen).toEqual(["reporting: hold", "funnel: hold"]);
    expect(judged(facts(50)).notGreen).toEqual(["reporting: hold", "funnel: fail"]);
  });

  it("does not pass without data", () => {
    const nothing = greenRing0({ totals: NOTHING, recent: NOTHING, windows: [], machines: [] });
    const { verdict, gates } = judgeRelease(nothing, policy.rings.ring0);
    expect(verdict).toBe("fail");
    const passed = gates.filter(({ outcome }) => outcome === "pass").map(({ gate }) => gate);
    // Only the time gate and the gates that can halt may pass without any report.
    expect(passed).toEqual(["time", "security", "crashes", "sequential", "surge"]);
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

describe("a release in ring1", () => {
  it("passes after a week with four pilots, with the data of the same build in ring0", () => {
    expect(judged(greenRing1())).toEqual(PASS);
    expect(judged(greenRing1({ pooled: NOTHING })).notGreen).toEqual([
      "errors: hold",
      "starts: hold",
      "verdicts: hold",
      "availability: hold",
    ]);
  });

  it("counts the failures of ring0 as well as its operations", () => {
    expect(judged(greenRing1({ pooled: { ...GOOD, failed: 1 } }))).toEqual(hold("errors"));
  });

  const now = SINCE + 7 * DAY_MS;
  const ticket = (openedAt: number, closedAt?: number) => ({ openedAt, closedAt });
  const holds: { name: string; gates: GateName[]; facts: RingFacts }[] = [
    { name: "three of four answers", gates: ["feedback"], facts: { scores: [10, 10, 10] } },
    { name: "a median of 7.5", gates: ["feedback"], facts: { scores: [7, 7, 8, 10] } },
    { name: "one 5", gates: ["feedback"], facts: { scores: [5, 9, 9, 9] } },
    {
      name: "three tickets in a week",
      gates: ["tickets"],
      facts: { tickets: [1, 2, 3].map((day) => ticket(now - day * DAY_MS, now - day * DAY_MS + HOUR_MS)) },
    },
    { name: "a ticket open for 25 h", gates: ["tickets"], facts: { tickets: [ticket(now - 25 * HOUR_MS)] } },
    { name: "a ticket open since last month", gates: ["tickets"], facts: { tickets: [ticket(now - 30 * DAY_MS)] } },
    {
      name: "two pilots of four who never played",
      gates: ["adoption"],
      facts: { machines: greenRing1().machines.map((one, index) => (index < 2 ? { ...one, features: [] } : one)) },
    },
    {
      name: "a crash three days ago",
      gates: ["crashes"],
      facts: { totals: { ...RING1_TOTALS, crashes: 1 }, lastCrashAt: now - 3 * DAY_MS },
    },
  ];
  it.each(holds)("is held by $name", ({ facts, gates }) => {
    expect(judged(greenRing1(facts))).toEqual(hold(...gates));
  });

  it("is halted by low scores of at least three pilots", () => {
    expect(judged(greenRing1({ scores: [5, 5, 9] }))).toEqual(stop("feedback"));
    expect(judged(greenRing1({ scores: [5, 5] }))).toEqual(hold("feedback"));
  });
});

describe("the explanation of a verdict", () => {
  const whyOf = (facts: ReleaseFacts, gate: GateName) =>
    explain(judgeRelease(facts, policy.rings[facts.ring])).gates.find((one) => one.gate === gate);

  it("states the bound", () => {
    expect(whyOf(greenRing0(), "errors")).toMatchObject({ bound: { atLeast: 0, needed: 3_000 } });
    expect(whyOf(greenRing0(), "errors")?.bound?.atMost).toBeCloseTo(0.000998, 6);
    expect(whyOf(greenRing0({ totals: { ...GOOD, failed: 1 } }), "errors")?.why).toBe(
      "0.0333 % against 0.1 %; 1 of 3000, 95 % sure between 0.00171 % and 0.158 %: 1742 more operations without another failure would prove it",
    );
    expect(whyOf(greenRing0({ totals: { ...GOOD, failed: 20 } }), "errors")?.why).toContain(
      "certainly above the limit",
    );
  });

  it("states what is missing", () => {
    expect(whyOf(greenRing0({ now: SINCE + HOUR_MS }), "time")?.why).toBe("1 h against 48 h; 1 of 48 hours");
    expect(whyOf(greenRing0({ totals: NOTHING }), "starts")?.why).toContain(
      "nothing was measured, so the gate cannot pass",
    );
    expect(whyOf(greenRing1({ scores: [9] }), "feedback")?.why).toBe("9 of 10 against 8 of 10; 1 of 4 answers");
  });

  it("is also available for a table and in French", () => {
    const textsOf = (facts: ReleaseFacts, gate: GateName) => gateTexts(whyOf(facts, gate) as ExplainedGate, "fr");
    expect(textsOf(greenRing0({ totals: { ...GOOD, failed: 1 } }), "errors")).toEqual({
      value: "0,0333 %",
      limit: "0,1 %",
      bound: "entre 0,00171 % et 0,158 %",
      reason: "1742 de plus sans un autre échec le prouveraient",
    });
    expect(textsOf(greenRing0({ totals: NOTHING }), "starts")).toMatchObject({
      value: "",
      reason: expect.stringMatching(/^rien n’a été mesuré/) as string,
    });
    expect(textsOf(greenRing1({ scores: [9] }), "feedback").reason).toBe("1 sur 4 réponses");
    expect(textsOf(greenRing0(), "memory").limit).toBe("200 Mo");
  });
});

describe("a policy", () => {
  const json = JSON.parse(POLICY_BYTES.toString("utf8")) as { rings: { ring0: Record<string, unknown> } };
  const bytesOf = (value: unknown) => new TextEncoder().encode(JSON.stringify(value));

  it("is refused with a member missing, unknown or out of range", () => {
    expect(parsePolicy(bytesOf(json)).ok).toBe(true);
    const { hours: _, ...withoutHours } = json.rings.ring0;
    for (const ring0 of [withoutHours, { ...json.rings.ring0, more: 1 }, { ...json.rings.ring0, hours: 200 }]) {
      expect(parsePolicy(bytesOf({ ...json, rings: { ...json.rings, ring0 } })).ok).toBe(false);
    }
  });
});
