import { describe, expect, it } from "vitest";
import {
  evidenceAgainst,
  evidenceAgainstShare,
  evidenceFor,
  evidenceOfSlower,
  operationsNeeded,
} from "../../../src-ops/gates/evidence.ts";
import { haltingEvidence } from "../../../src-ops/gates/halting.ts";
import { shareGate } from "../../../src-ops/gates/gate.ts";
import { binomialAtMost, quantileOf } from "../../../src-ops/gates/statistics.ts";

const RATIOS = [2, 3, 5, 10, 30];
const mean = (values: readonly number[]) => values.reduce((sum, value) => sum + value, 0) / values.length;

describe("evidence, calculated by hand", () => {
  it("of several failures on one day leaves out who has failed, in the share and beside it", () => {
    const day = (share: [number, number], rest: [number, number]) => ({
      share: { computers: share[0], failing: share[1] },
      rest: { computers: rest[0], failing: rest[1] },
    });
    // Two of three in the share fail, none of four beside it: first one of seven, then one of six.
    const inShare = RATIOS.map((r) => ((r * 7) / (3 * r + 4)) * ((r * 6) / (2 * r + 4)));
    expect(evidenceAgainstShare([day([3, 2], [4, 0])])).toBeCloseTo(mean(inShare), 9);
    const beside = RATIOS.map((r) => (7 / (3 * r + 4)) * (6 / (3 * r + 3)));
    expect(evidenceAgainstShare([day([3, 0], [4, 2])])).toBeCloseTo(mean(beside), 9);
  });

  it("of slower values compares 40, 70 and 95 % with the 20 % that are allowed", () => {
    expect(evidenceOfSlower({ failed: 4, of: 4 }, 0.2)).toBeCloseTo(mean([2 ** 4, 3.5 ** 4, 4.75 ** 4]), 9);
    // Not more than 99 %, however much is allowed.
    const shares = [0.8, 0.99, 0.99];
    const expected = shares.map((share) => (share / 0.4) ** 2 * ((1 - share) / 0.6));
    expect(evidenceOfSlower({ failed: 2, of: 3 }, 0.4)).toBeCloseTo(mean(expected), 9);
  });

  it("against a limit of which a hundred times would be more than everything is still a number", () => {
    const shares = [0.1, 0.2, 0.5, 0.99, 0.99];
    expect(evidenceAgainst({ failed: 1, of: 1 }, 0.05)).toBeCloseTo(mean(shares.map((share) => share / 0.05)), 9);
    const expected = shares.map((share) => (share / 0.05) * ((1 - share) / 0.95));
    expect(evidenceAgainst({ failed: 1, of: 2 }, 0.05)).toBeCloseTo(mean(expected), 9);
  });

  it("is at most a million", () => {
    expect(evidenceAgainst({ failed: 1_000, of: 1_000 }, 0.001)).toBe(1_000_000);
  });
});

describe("evidence that is exactly what is needed", () => {
  const limit = 0.001;
  const needed = evidenceFor({ failed: 1, of: 5_000 }, limit);

  it("is enough for a share gate, and needs no more operations", () => {
    const outcome = (of: number) => shareGate("errors", 1, of, limit, needed).outcome;
    expect([outcome(4_999), outcome(5_000)]).toEqual(["hold", "pass"]);
    expect(operationsNeeded(1, limit, needed)).toBe(5_000);
  });

  it("holds where two computers have to agree, and only one speaks against the release", () => {
    const outcome = (least: number) =>
      haltingEvidence(
        ["a", "b", "c"].map((machine) => ({ machine, day: 0, operations: 1, failed: 0, sessions: 0, crashes: 0 })),
        {
          // What only one of them says: as evidence, four.
          components: [({ of }) => (of === 1 ? Math.log(4) : 0)],
          sampleOf: ({ machine }) => ({ failed: 0, of: machine === "a" ? 1 : 2 }),
          needed: least,
          horizon: 1,
          computers: 2,
          ringSize: 3,
        },
      ).outcome;
    const four = Math.exp(Math.log(4));
    expect([four, four * (1 + 2 ** -52), 1].map(outcome)).toEqual(["hold", "pass", "halt"]);
  });
});

describe("the evidence for a halt", () => {
  const computersOn = (...days: readonly number[]) =>
    days.map((day) => ({ machine: `on day ${day}`, day, operations: 1, failed: 1, sessions: 0, crashes: 0 }));
  const test = {
    // Each failure, as evidence: four.
    components: [({ failed }: { failed: number }) => failed * Math.log(4)],
    sampleOf: ({ failed, operations }: { failed: number; operations: number }) => ({ failed, of: operations }),
    needed: 3,
    horizon: 1,
    computers: 1,
    ringSize: 1,
  };

  it("is the mean over all days, if there are more of them than the horizon", () => {
    expect(haltingEvidence(computersOn(0, 1, 2), test).evidence).toBeCloseTo((4 + 16 + 64) / 3, 9);
  });

  it("leaves out a silent computer as the one that speaks most for the release", () => {
    const three = ["a", "b", "c"].flatMap((machine) => computersOn(0).map((one) => ({ ...one, machine })));
    // Of four computers, of which two have to agree: without the silent one and without the worst one.
    expect(haltingEvidence(three, { ...test, computers: 2, ringSize: 4 }).evidence).toBeCloseTo(16, 9);
  });

  it("makes the gate hold if a ring has a single computer where two have to agree", () => {
    const outcome = (needed: number) => haltingEvidence(computersOn(0), { ...test, needed, computers: 2 }).outcome;
    expect([3, 5].map(outcome)).toEqual(["hold", "pass"]);
  });
});

describe("exact statistics at their ends", () => {
  it("are certain of at most as many events as there are trials", () => {
    expect([0.01, 0.5, 0.99].map((share) => binomialAtMost(3, 3, share))).toEqual([1, 1, 1]);
    expect(binomialAtMost(2, 3, 0.5)).toBeCloseTo(7 / 8, 12);
  });

  it("find a quantile also where the product of share and number is not exact", () => {
    // 0.07 * 100 is a little more than 7 as a double.
    const hundred = Array.from({ length: 100 }, (_, index) => index + 1);
    expect([0.07, 0.08, 0.01].map((share) => quantileOf(hundred, share))).toEqual([7, 8, 1]);
  });
});
