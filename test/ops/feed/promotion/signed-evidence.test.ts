import { describe, expect, it } from "vitest";
import { evidenceFaults } from "../../../../src-ops/feed/promotion/signed-evidence.ts";
import type { Promotion, Release } from "../../../../src-shared/updates/index.ts";
import { releaseClaims } from "../../../shared/updates/documents.ts";

const HASH = "a".repeat(64);
const VERDICT = { outcome: "pass", at: 2, since: 1, open: [], evidenceHash: HASH };
const PROMOTION: Promotion = { at: 3, verdict: VERDICT, checklistHash: HASH, overrides: [] };
type Documents = Parameters<typeof evidenceFaults>[0];

function faultsOf(promotion: Partial<Promotion>, members: Partial<Release> = {}, validation?: object, policy?: string) {
  const release = releaseClaims({
    ring: "ga",
    verdictHash: HASH,
    policyHash: HASH,
    promotion: { ...PROMOTION, ...promotion },
    ...members,
  });
  const empty = { release: undefined, validation: undefined };
  const rings = { ring0: empty, ring1: { ...empty, validation }, ga: { release } };
  return evidenceFaults({ rings } as unknown as Documents, policy);
}

const open = (outcome: string, ...gates: string[]) => ({ verdict: { ...VERDICT, outcome, open: gates } });
const override = (code: string) => ({ overrides: [{ code, reason: "x" }] });

describe("the evidence in a ring's document", () => {
  it("is valid with a pass, with an override and with a hotfix lane", () => {
    expect(faultsOf({})).toEqual([]);
    expect(faultsOf({ ...open("inconclusive", "errors"), ...override("verdict") })).toEqual([]);
    expect(faultsOf({ ...open("inconclusive", "time"), ...override("observation") })).toEqual([]);
    expect(faultsOf({ ...open("inconclusive", "time"), lane: "p1" })).toEqual([]);
    const failed = { ...VERDICT, outcome: "fail", open: ["reporting"], halting: [] };
    expect(faultsOf({ verdict: failed, ...override("verdict") })).toEqual([]);
    expect(faultsOf({ verdict: undefined }, { kind: "rollback" })).toEqual([]);
  });

  it.each<[string, readonly string[]]>([
    ["names no verdict", faultsOf({ verdict: undefined })],
    ["names no verdict", faultsOf({}, { verdictHash: null })],
    ["names no verdict", faultsOf({}, { promotion: undefined })],
    ["names no checklist", faultsOf({ checklistHash: undefined })],
    ["names a verdict with the outcome fail", faultsOf({ ...open("fail", "crashes"), ...override("verdict") })],
    [
      "names a verdict with the outcome fail",
      faultsOf({
        verdict: { ...VERDICT, outcome: "fail", open: ["crashes"], halting: ["crashes"] },
        ...override("verdict"),
      }),
    ],
    [
      "names a verdict with the outcome fail",
      faultsOf({ verdict: { ...VERDICT, outcome: "fail", open: ["time"], halting: [] }, ...override("observation") }),
    ],
    ["names a verdict with the outcome pass", faultsOf(open("pass", "errors"))],
    ["names a verdict with the outcome inconclusive", faultsOf(open("inconclusive", "errors"))],
    ["names a verdict with the outcome inconclusive", faultsOf({ ...open("inconclusive", "errors"), lane: "p1" })],
    [
      "names a verdict with the outcome inconclusive",
      faultsOf({ ...open("inconclusive", "security"), ...override("verdict") }),
    ],
    ["was judged by another policy", faultsOf({}, {}, undefined, "b".repeat(64))],
    [
      "contradicts the verdict that its gate signed",
      faultsOf({}, {}, { verdictHash: HASH, verdict: { ...VERDICT, outcome: "inconclusive" } }),
    ],
  ])("is refused: %s", (fault, found) => {
    expect(found).toEqual([`ga's document 7 ${fault}`]);
  });
});
