import { describe, expect, it } from "vitest";
import { parsePolicy } from "../../../src-ops/gates/policy.ts";
import { POLICY_BYTES } from "./facts.ts";

type Json = { [name: string]: Json } & { [name: string]: unknown };

/** Whether the policy that ships is accepted with another value of one member. */
function isAccepted(path: string, value: unknown): boolean {
  const policy = JSON.parse(POLICY_BYTES.toString("utf8")) as Json;
  const names = path.split(".");
  let object = policy;
  for (const name of names.slice(0, -1)) object = object[name] as Json;
  const last = names.at(-1) as string;
  expect(Object.keys(object)).toContain(last);
  (object as Record<string, unknown>)[last] = value;
  return parsePolicy(new TextEncoder().encode(JSON.stringify(policy))).ok;
}

describe("a policy", () => {
  it.each<[path: string, accepted: readonly unknown[], refused: readonly unknown[]]>([
    ["rings.ring0.hours", [0, 168], [168.5, -1]],
    ["rings.ga.longestHours", [24, 8_760], [23, 8_761]],
    ["rings.ring0.machines.needed", [1], [0, 1.5]],
    ["rings.ring0.machines.reportingShare", [0, 1], [-0.001, 1.001]],
    ["rings.ring0.machines.weight", [1, 100], [0.99, 100.1]],
    ["rings.ring0.evidence.pass", [1, 100_000], [0.99, 100_001]],
    ["rings.ring0.errors.below", [1e-9, 0.999], [0, 1]],
    ["rings.ring1.errors.ownBelow", [null, 0.5], [0, 1]],
    ["rings.ring0.crashes.perSession", [0.5], [0, 1]],
    ["rings.ring0.change.days", [1, 90], [0, 91]],
    ["rings.ring0.change.slower", [1, 100], [0.99, 101]],
    ["rings.ring0.starts.slowerThanMs", [5_000], [4_999, 5_001]],
    ["rings.ring0.availability.unavailableMinutes", [1], [0]],
    ["rings.ring1.people.feedback.median", [0, 10], [-1, 10.1]],
    ["rings.ring1.machines.haltComputers", [2], [1]],
    ["rings.ga.machines.haltComputers", [3], [2]],
    ["budget.days", [1], [0]],
    ["budget.reviewBelow", [0, 1], [1.1]],
    ["promotion.pilots", [{ least: 3, most: 3 }], [{ least: 4, most: 3 }]],
    [
      "promotion.stages",
      [[{ basisPoints: 10_000, hours: 0 }]],
      [
        [],
        [{ basisPoints: 9_999, hours: 0 }],
        [0, 10_000].map((basisPoints) => ({ basisPoints, hours: 1 })),
        [10_000, 10_000].map((basisPoints) => ({ basisPoints, hours: 1 })),
        [5_000, 4_000, 10_000].map((basisPoints) => ({ basisPoints, hours: 1 })),
      ],
    ],
  ])("limits %s", (path, accepted, refused) => {
    expect(accepted.filter((value) => !isAccepted(path, value))).toEqual([]);
    expect(refused.filter((value) => isAccepted(path, value))).toEqual([]);
  });

  it("has at most 64 KiB", () => {
    const sized = (size: number) => Buffer.concat([POLICY_BYTES, Buffer.alloc(size - POLICY_BYTES.length, " ")]);
    expect(parsePolicy(sized(65_536)).ok).toBe(true);
    expect(parsePolicy(sized(65_537))).toEqual({ ok: false, error: ["it is not valid JSON of at most 64 KiB"] });
  });
});
