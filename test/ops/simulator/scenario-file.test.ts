import { describe, expect, it } from "vitest";
import { GATES } from "../../../src-ops/gates/gate.ts";
import { parseScenario, readScenario, shippedScenarios } from "../../../src-ops/simulator/scenario-file.ts";

const small = { v: 1, what: "Ten good computers.", ring: "ring0", groups: [{ count: 10 }] };
const parse = (scenario: object) => parseScenario(new TextEncoder().encode(JSON.stringify(scenario)));

describe("a scenario's file", () => {
  it("needs five lines; everything else has a default", () => {
    expect(parse(small)).toMatchObject({
      ring: "ring0",
      groups: [{ count: 10, os: "windows", errorRate: 0.0002, hoursADay: 9 }],
      before: { errorRate: 0.0002, startMs: 1000 },
    });
  });

  it.each([
    [{ ...small, groups: [{ count: 10, errorRate: 1.5 }] }, "groups.0.errorRate: it is above 1"],
    [{ ...small, groups: [{ count: 10, errorRate: -0.1 }] }, "groups.0.errorRate: it is below 0"],
    [{ ...small, groups: [{ count: 10_000_000 }] }, "groups.0.count: it is above 2000"],
    [{ ...small, groups: [{ count: 1.5 }] }, "groups.0.count: it is not a whole number"],
    [{ ...small, groups: [{ count: 1_500 }, { count: 501 }] }, "groups: the groups have more than 2000 computers"],
    [{ ...small, groups: [] }, "groups: there is no group"],
    [{ ...small, groups: [{ count: 10, errorRte: 0.1 }] }, "groups.0.errorRte: no member has this name"],
    [{ ...small, what: undefined }, "what: it is missing"],
    [{ ...small, basisPoints: 1_000 }, "basisPoints: only ga has a share"],
    [{ ...small, promotedWith: { operations: 1 } }, "promotedWith: a ring0 has no ring before it"],
    [{ ...small, scores: [11] }, "scores.0: it is above 10"],
    [{ ...small, groups: [{ count: 10, offlineUntilHour: 1e9 }] }, "groups.0.offlineUntilHour: it is above 2000"],
    [{ ...small, before: { errorRate: "0.1" } }, "before.errorRate: "],
    [{ ...small, watchHours: 0 }, "watchHours: it is below 1"],
  ])("is refused with the place: %j", (scenario, message) => {
    expect(parse(scenario)).toMatch(new RegExp(`^${message.replaceAll(".", "\\.")}`));
  });

  it("is strict JSON", () => {
    const twice = JSON.stringify(small).replace("{", '{"v":1,');
    expect(parseScenario(new TextEncoder().encode(twice))).toContain("DUPLICATE_NAME");
  });
});

describe("the scenarios that ship", () => {
  it.each(shippedScenarios())("can be read, and expects something of gates that exist: %s", async (name) => {
    const file = await readScenario(name);
    if (!file.ok) throw new Error(file.error.message);
    const { what, expected } = file.value.scenario;
    expect(what).toMatch(/\.$/);
    expect(Object.keys(expected).length).toBeGreaterThan(0);
    const gates = [expected.heldBy, expected.haltedBy, expected.foundBy, expected.foundAtMost];
    expect(GATES).toEqual(expect.arrayContaining(gates.flatMap((shares) => Object.keys(shares ?? {}))));
  });

  it("are at least thirty, in every ring", async () => {
    const names = shippedScenarios();
    expect(names.length).toBeGreaterThanOrEqual(30);
    for (const ring of ["ring0-", "ring1-", "ga-"]) expect(names.some((name) => name.startsWith(ring))).toBe(true);
  });
});
