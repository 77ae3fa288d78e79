import { describe, expect, it } from "vitest";
import { type Audit, auditFeed } from "../../../src-ops/server/index.ts";
import type { Decision } from "../../../src-ops/server/decisions/decision-log.ts";
import type { Promotion, Release } from "../../../src-shared/updates/index.ts";
import { releaseClaims } from "../../shared/updates/documents.ts";

const HASH = "a".repeat(64);
const OTHER = "b".repeat(64);
const PROMOTION: Promotion = {
  at: 1_000,
  verdict: { outcome: "pass", at: 900, since: 1, open: [], evidenceHash: HASH },
  checklistHash: HASH,
  overrides: [{ code: "window", reason: "x" }],
};
const about = { ring: "ring1", build: "build-2" } as const;
const GIVEN = {
  kind: "verdict-given",
  ...about,
  ring: "ring0",
  verdict: "pass",
  verdictHash: HASH,
  policyHash: HASH,
  evidenceHash: HASH,
} as const;
const SEEN = {
  kind: "promotion",
  ...about,
  seq: 7,
  basisPoints: 10_000,
  since: 1_000_000,
  verdictHash: HASH,
  checklistHash: HASH,
  lane: null,
  overrides: [{ code: "window", reason: "x" }],
} as const;

function faults(decisions: readonly Decision[], members: Partial<Release> = {}): readonly string[] {
  const release = releaseClaims({
    ring: "ring1",
    verdictHash: HASH,
    policyHash: HASH,
    promotion: PROMOTION,
    ...members,
  });
  const rings = { ring0: { release: undefined }, ring1: { release }, ga: { release: undefined } };
  const log = { decisions: decisions.map((decision, n) => ({ n, prev: "", at: n, decision })) };
  return auditFeed({ rings } as unknown as Parameters<typeof auditFeed>[0], log as unknown as Audit);
}

describe("the log and the signed documents", () => {
  it("agree if the verdict is in the log, and the promotion was logged as it was signed, or not logged yet", () => {
    expect(faults([GIVEN])).toEqual([]);
    expect(faults([GIVEN, SEEN as unknown as Decision])).toEqual([]);
    expect(faults([], { kind: "rollback", promotion: { at: 1, overrides: [] } })).toEqual([]);
  });

  it.each<[string, object]>([
    ["of another build", { build: "build-1" }],
    ["by another policy", { policyHash: OTHER }],
    ["with another outcome", { verdict: "inconclusive" }],
    ["on other evidence", { evidenceHash: OTHER }],
  ])("disagree about a verdict %s", (_name, members) => {
    expect(faults([{ ...GIVEN, ...members }])).toEqual(["ring1's document 7 differs from the verdict in this log"]);
  });

  it("disagree about a verdict that is not in the log", () => {
    expect(faults([{ ...GIVEN, verdictHash: OTHER }])).toEqual([
      "ring1's document 7 names a verdict that is not in this log",
    ]);
  });

  it.each<[string, object]>([
    ["other overrides", { overrides: [] }],
    ["another checklist", { checklistHash: OTHER }],
    ["another lane", { lane: "p1" }],
    ["another verdict", { verdictHash: OTHER }],
  ])("disagree if the log has %s", (_name, members) => {
    expect(faults([GIVEN, { ...SEEN, ...members } as unknown as Decision])).toEqual([
      "ring1's document 7 differs from the promotion in this log",
    ]);
  });
});
