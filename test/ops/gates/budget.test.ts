import { describe, expect, it } from "vitest";
import { budgetOf, burnsOf, type Counters } from "../../../src-ops/gates/index.ts";
import { defaultPolicy } from "./facts.ts";

const { budget } = defaultPolicy();

describe("the error budget", () => {
  it.each([
    { failed: 0, state: "normal", left: 1 },
    { failed: 5, state: "normal", left: 0.5 },
    { failed: 6, state: "reviewed", left: 0.4 },
    { failed: 9, state: "fixes-only", left: 0.1 },
    { failed: 10, state: "frozen", left: 0 },
    { failed: 50, state: "frozen", left: 0 },
  ])("is $state after $failed of 10,000 operations failed", ({ failed, state, left }) => {
    const now = budgetOf({ operations: 10_000, failed }, 0.001, budget);
    expect(now?.state).toBe(state);
    expect(now?.left).toBeCloseTo(left, 9);
  });

  it("leaves a state exactly at its share, and not before", () => {
    const stateOf = (failed: number) =>
      budgetOf({ operations: 8, failed }, 1, { ...budget, reviewBelow: 0.5, fixesOnlyBelow: 0.25 })?.state;
    expect([4, 5, 6, 7, 8].map(stateOf)).toEqual(["normal", "reviewed", "reviewed", "fixes-only", "frozen"]);
  });

  it("is unknown before the first operation", () => {
    expect(budgetOf({ operations: 0, failed: 0 }, 0.001, budget)).toBeNull();
  });
});

describe("burn alerts", () => {
  const burning = (exposureOf: (minutes: number) => Pick<Counters, "operations" | "failed">) =>
    burnsOf(exposureOf, 0.001, budget).map(({ severity, factor }) => `${severity} ${factor}`);

  it("page at 14.4 times the limit in an hour and in five minutes", () => {
    expect(
      burning((minutes) => (minutes <= 60 ? { operations: 1_000, failed: 15 } : { operations: 10_000, failed: 0 })),
    ).toEqual(["page 14.4"]);
  });

  it("end when the short window is quiet again", () => {
    expect(
      burning((minutes) => (minutes === 60 ? { operations: 1_000, failed: 15 } : { operations: 1_000, failed: 0 })),
    ).toEqual([]);
  });

  it("ignore one failure in ten operations, which is too little data", () => {
    expect(burning(() => ({ operations: 10, failed: 1 }))).toEqual([]);
    expect(burning(() => ({ operations: 99, failed: 9 }))).toEqual([]);
    expect(burning(() => ({ operations: 1_000, failed: 2 }))).toEqual([]);
  });

  it("begin at exactly the factor, in both windows", () => {
    const tickets = (long: number, short: number) =>
      burning((minutes) => ({ operations: 3_000, failed: minutes === 4_320 ? long : minutes === 360 ? short : 0 }));
    expect(tickets(3, 3)).toEqual(["ticket 1"]);
    expect([tickets(2, 3), tickets(3, 2)]).toEqual([[], []]);
  });

  it("need exactly as many operations and failures as the policy says", () => {
    const tickets = (operations: number, failed: number) =>
      burning((minutes) => (minutes === 4_320 || minutes === 360 ? { operations, failed } : { operations, failed: 0 }));
    expect([tickets(1_000, 3), tickets(999, 3), tickets(1_000, 2)]).toEqual([["ticket 1"], [], []]);
  });

  it("open a ticket at the limit itself over three days", () => {
    expect(burning(() => ({ operations: 10_000, failed: 12 }))).toEqual(["ticket 1"]);
  });
});
