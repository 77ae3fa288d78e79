import { describe, expect, it } from "vitest";
import { type GateName, judgeRelease } from "../../../src-ops/gates/index.ts";
import { DAY_MS, defaultPolicy, greenRing1, HOUR_MS, type RingFacts, RING1_TOTALS, SINCE, STAFF } from "./facts.ts";
import { hold, judged, PASS, stop } from "./judged.ts";

const policy = defaultPolicy();

describe("a release in ring1", () => {
  it("passes after a week with four pilots, with the data of the same build in ring0", () => {
    expect(judged(greenRing1())).toEqual(PASS);
    // 60 verdicts are enough without those of the staff.
    expect(judged(greenRing1({ pooled: null })).notGreen).toEqual([
      "errors: hold",
      "starts: hold",
      "availability: hold",
    ]);
  });

  it("counts the failures of ring0 as well as its operations", () => {
    expect(judged(greenRing1({ pooled: { ...STAFF, failed: 1 } }))).toEqual(hold("errors"));
  });

  it("is held by failures of the pilots, however much the staff did before", () => {
    const pooled = { ...STAFF, operations: 1_000_000 };
    const own = (operations: number, failed: number) =>
      judged(greenRing1({ pooled, totals: { ...RING1_TOTALS, operations, failed } }));
    expect(own(1_329, 0)).toEqual(PASS);
    expect(own(1_328, 0)).toEqual(hold("ownerrors"));
    expect(own(1_944, 1)).toEqual(hold("ownerrors"));
    expect(own(1_945, 1)).toEqual(PASS);
  });

  it("is halted by a storm of crashes, and not by one of a single pilot", () => {
    const crashing = (count: number) => {
      const facts = greenRing1();
      const days = facts.days.map((day, index) => (index < count ? { ...day, crashes: 12 } : day));
      return judgeRelease({ ...facts, days }, policy.rings.ring1).gates.find(({ gate }) => gate === "crashrate");
    };
    expect([1, 2].map((count) => crashing(count)?.outcome)).toEqual(["hold", "halt"]);
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

  it("passes with a median of exactly 8, and with a lowest score of exactly 6", () => {
    expect(judged(greenRing1({ scores: [8, 8, 8, 8] }))).toEqual(PASS);
    expect(judged(greenRing1({ scores: [6, 9, 9, 9] }))).toEqual(PASS);
  });

  it("needs the answers of as many pilots as a ring has at least", () => {
    const facts = greenRing1({ scores: [9, 9], asked: 2 });
    const gate = judgeRelease(facts, policy.rings.ring1).gates.find((one) => one.gate === "feedback");
    expect(gate).toMatchObject({ outcome: "hold", missing: { what: "answers", have: 2, need: 3 } });
  });

  it("is held if those who rate it worst would halt it together with another one", () => {
    const { ring1 } = policy.rings;
    if (!ring1.people) throw new Error("ring1 has pilots");
    const people = { ...ring1.people, feedback: { ...ring1.people.feedback, lowest: 5 } };
    const outcome = (...scores: number[]) =>
      judgeRelease(greenRing1({ scores }), { ...ring1, people }).gates.find(({ gate }) => gate === "feedback")?.outcome;
    expect([outcome(10, 10, 6, 5), outcome(10, 10, 7, 5)]).toEqual(["hold", "pass"]);
  });

  it("is held by a ticket that has been open for exactly a week", () => {
    const open = (ago: number) => judged(greenRing1({ tickets: [ticket(now - ago)] }));
    expect(open(7 * DAY_MS)).toEqual(hold("tickets"));
  });

  it("is halted by low scores of at least three pilots", () => {
    expect(judged(greenRing1({ scores: [5, 5, 9] }))).toEqual(stop("feedback"));
    expect(judged(greenRing1({ scores: [5, 5] }))).toEqual(hold("feedback"));
  });
});
