import { describe, expect, it } from "vitest";
import { type GateName, judgeRelease } from "../../../src-ops/gates/index.ts";
import { startBucket } from "../../../src-ops/gates/durations.ts";
import { evidenceAgainstShare, evidenceOfSlower } from "../../../src-ops/gates/evidence.ts";
import type { Comparison, ComputerDurations, ReleaseFacts } from "../../../src-ops/gates/facts.ts";
import { DAY_MS, defaultPolicy, FIRST_DAY, greenRing0, machine, SINCE } from "./facts.ts";

const policy = defaultPolicy();
const nameOf = (number: number) => machine(number).machine;

function gateOf(
  gate: GateName,
  known: Partial<Comparison>,
  more: Partial<ReleaseFacts>,
  ring: "ring0" | "ga" = "ring0",
) {
  const comparison: Comparison = { with: "before", version: "0.1.0", days: [], durations: [], memory: [], ...known };
  const facts = { ...greenRing0(), comparison, ...more, ring };
  return judgeRelease(facts, policy.rings[ring]).gates.find((one) => one.gate === gate);
}

const starts = (number: number, ms: number, count: number): ComputerDurations => {
  return { machine: nameOf(number), measure: "start", bucket: startBucket(ms), count };
};

describe("starts that are slower than before", () => {
  const gate = (before: readonly ComputerDurations[], now: readonly ComputerDurations[]) =>
    gateOf("startchange", { durations: before }, { durations: now });
  const found = (...of: Parameters<typeof gate>) => gate(...of)?.value;

  it("are those above what one in ten exceeded before, to the last one", () => {
    const slow = [starts(0, 1_800, 4)];
    const all = evidenceOfSlower({ failed: 4, of: 4 }, 0.2);
    const none = evidenceOfSlower({ failed: 0, of: 4 }, 0.2);
    // Of 30 starts, exactly 27 are nine of ten.
    expect(found([starts(0, 1_000, 27), starts(0, 3_000, 3)], slow)).toBe(all);
    expect(found([starts(0, 1_000, 26), starts(0, 3_000, 4)], slow)).toBe(none);
    // Of 40 starts, 37 are more than nine of ten, and less than nineteen of twenty.
    expect(found([starts(0, 1_000, 37), starts(0, 3_000, 3)], slow)).toBe(all);
  });

  it("are evidence from more than two in ten", () => {
    const now = [starts(0, 1_000, 1), starts(0, 3_000, 3)];
    expect(found([starts(0, 1_000, 30)], now)).toBe(evidenceOfSlower({ failed: 3, of: 4 }, 0.2));
  });

  it("are compared with those of the same computer if it had twenty of its own", () => {
    const others = starts(1, 1_000, 300);
    const now = [starts(0, 4_800, 4)];
    expect(found([starts(0, 4_800, 20), others], now)).toBe(evidenceOfSlower({ failed: 0, of: 4 }, 0.2));
    expect(found([starts(0, 4_800, 19), others], now)).toBe(evidenceOfSlower({ failed: 4, of: 4 }, 0.2));
  });

  it("of one computer count as those of three median ones", () => {
    const now = [starts(0, 1_000, 4), starts(1, 1_000, 4), starts(2, 3_000, 20)];
    expect(found([starts(0, 1_000, 30)], now)).toBe(evidenceOfSlower({ failed: 12, of: 20 }, 0.2));
  });

  it("hold a release for which two computers are each slower than they were, and name them", () => {
    const all = (count: number, ms: (index: number) => number) =>
      Array.from({ length: 10 }, (_, index) => starts(index, ms(index), count));
    const slower = (computers: number, before = all(30, () => 1_000)) =>
      gate(
        before,
        all(6, (index) => (index < computers ? 3_000 : 1_000)),
      );
    // As evidence, of six slow starts, divided by the number of computers.
    const each = evidenceOfSlower({ failed: 6, of: 6 }, 0.2) / 10;
    expect(slower(2)).toMatchObject({ outcome: "hold", value: each, computers: [nameOf(0), nameOf(1)] });
    expect(slower(1)).toMatchObject({ outcome: "pass", computers: [] });
    // A computer of which too little is known may always have been slow.
    expect(slower(2, [starts(9, 1_000, 300), starts(0, 1_000, 19), starts(1, 1_000, 20)])?.outcome).toBe("pass");
    const evidence = { ...policy.rings.ring0.evidence, change: each };
    const outcomes = [each, each * (1 + 2 ** -52)].map((change) => {
      const known: Comparison = {
        with: "before",
        version: "0.1.0",
        days: [],
        durations: all(30, () => 1_000),
        memory: [],
      };
      const durations = all(6, (index) => (index < 2 ? 3_000 : 1_000));
      const gates = judgeRelease(
        { ...greenRing0(), comparison: known, durations },
        { ...policy.rings.ring0, evidence: { ...evidence, change } },
      ).gates;
      const judged = gates.find((one) => one.gate === "startchange");
      return [judged?.outcome, judged?.computers.length];
    });
    expect(outcomes).toEqual([
      ["hold", 2],
      ["pass", 0],
    ]);
  });

  it("show a verdict above all bounds as twice the last one", () => {
    const verdicts = (bucket: number): readonly ComputerDurations[] => [
      { machine: nameOf(0), measure: "verdict", bucket, count: 30 },
    ];
    const change = gateOf("verdictchange", { durations: verdicts(3) }, { durations: verdicts(10) })?.change;
    expect(change).toMatchObject({ before: 10, now: 2_000 });
  });
});

describe("memory that is higher than before", () => {
  const machines = [machine(0, { memory: [{ day: 0, highest: 200e6 }] })];
  const known = [{ machine: nameOf(1), highest: 100e6 }];

  it("is compared on the same computer, and in GA with the usual one of those beside the share", () => {
    expect(gateOf("memorychange", { memory: known }, { machines })).toMatchObject({ outcome: "pass", change: null });
    expect(gateOf("memorychange", { with: "rest", memory: known }, { machines }, "ga")).toMatchObject({
      outcome: "hold",
      change: { before: 100e6, now: 200e6, ratio: 2 },
    });
  });
});

it("a computer of the share that did nothing on a day is not at risk", () => {
  const day = (name: string, number: number, operations: number, failed: number) => {
    return { machine: name, day: FIRST_DAY + number * DAY_MS, operations, failed, sessions: 1, crashes: 0 };
  };
  const share = [day("s1", 0, 0, 1), day("s1", 1, 50, 1), day("s2", 1, 0, 0), day("s2", 2, 50, 0)];
  const rest = [0, 1, 2].flatMap((number) => ["r1", "r2"].map((name) => day(name, number, 50, 0)));
  const now = SINCE + 9 * DAY_MS;
  const gate = gateOf("errorchange", { with: "rest", days: rest }, { days: share, now }, "ga");
  const quiet = { computers: 2, failing: 0 };
  expect(gate?.value).toBe(
    evidenceAgainstShare([
      { share: { computers: 0, failing: 0 }, rest: quiet },
      { share: { computers: 1, failing: 1 }, rest: quiet },
      { share: { computers: 1, failing: 0 }, rest: quiet },
    ]),
  );
});
