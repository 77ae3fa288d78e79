import { describe, expect, it } from "vitest";
import { judgeStep } from "../../../src-ops/feed/rules.ts";
import { pilotsIn } from "../../../src-ops/feed/promotion/pilots.ts";
import { NO_RING_TARGETS, type Validation } from "../../../src-ops/gates/index.ts";
import type { Promotion, Release } from "../../../src-shared/updates/index.ts";
import { HOUR } from "../../../src-shared/units.ts";
import { pilotTargets } from "../../fakes/promotion-evidence-files.ts";
import { defaultPolicy } from "../gates/facts.ts";
import { releaseClaims } from "../../shared/updates/documents.ts";

// Documents that an attacker with the keys of one ring could import, and that no command of vaultctl creates.
type Step = Parameters<typeof judgeStep>[0];

const NOW = Date.parse("2026-11-24T15:00:00+01:00") / 1_000;
const HASH = "a".repeat(64);
const POLICY = { policy: defaultPolicy(), hash: "b".repeat(64) };
const ringTargets = {
  rings: { ...NO_RING_TARGETS.rings, ring1: { validated: false, targets: pilotTargets(3) as never } },
};
const { count, agreementsHash } = pilotsIn(ringTargets);
const verdict = { outcome: "pass", at: NOW - HOUR, since: NOW - 50 * HOUR, open: [], evidenceHash: HASH };
const promotion: Promotion = {
  at: NOW,
  verdict,
  checklistHash: HASH,
  pilots: { count, agreementsHash },
  overrides: [],
};
const validation = { v: 1, ring: "ring0", build: "build-2", verdictHash: HASH, policyHash: POLICY.hash, verdict };

type Given = { old?: Partial<Release>; next?: Partial<Release>; signed?: Partial<Validation> };

/** The code with which a change of ring1 from `old` to `next` is refused. */
function refusalOf({ old, next, signed }: Given): string | undefined {
  const document = (members: object) =>
    releaseClaims({ ring: "ring1", verdictHash: HASH, policyHash: POLICY.hash, issued: NOW, promotion, ...members });
  const watched = releaseClaims({ ring: "ring0", promotion: { at: NOW - 50 * HOUR, overrides: [] } });
  const state = (release: Release | undefined) => ({
    release,
    offered: ["build-2"],
    validation: undefined,
    halts: undefined,
  });
  const builds = new Map(
    ["build-1", "build-2"].map((id, i) => [id, { id, version: `1.${i}.0`, buildEpoch: 1, files: [] }]),
  );
  const security = { v: 1, seq: 1, buildFloor: 0, revokedBuilds: [] };
  const documents = (release: Release | undefined) => ({
    builds,
    security,
    rings: {
      ring0: { ...state(watched), validation: { ...validation, ...signed } },
      ring1: state(release),
      ga: state(undefined),
    },
  });
  const keyrings = {
    ring0: { generation: 1 },
    ring1: { generation: 1 },
    ga: { generation: 1 },
    halt: { generation: 1 },
    targets: { generation: 1 },
  };
  const judged = judgeStep({
    before: documents(old && document({ seq: 7, ...old })),
    after: documents(document({ seq: 8, ...next })),
    keyrings: { before: keyrings, after: keyrings },
    context: { policy: POLICY, ringTargets, now: NOW },
  } as unknown as Step);
  return judged.ok ? undefined : judged.error.code;
}

describe("an imported document of a ring", () => {
  it("is accepted if it matches what the previous ring has signed", () => {
    expect(refusalOf({})).toBeUndefined();
  });

  it("is refused if its verdict differs from the one of the previous ring", () => {
    expect(refusalOf({ signed: { verdict: { ...verdict, outcome: "inconclusive", open: ["errors"] } } })).toBe(
      "RING_NOT_VALIDATED",
    );
    expect(refusalOf({ signed: { policyHash: HASH } })).toBe("RING_NOT_VALIDATED");
    expect(refusalOf({ signed: { verdictHash: POLICY.hash } })).toBe("RING_NOT_VALIDATED");
  });

  it("may change a flag, but not the start or the evidence of its build", () => {
    const old = { issued: NOW - 9 * HOUR, promotion: { ...promotion, at: NOW - 9 * HOUR } };
    const same = { promotion: old.promotion, flags: { chapters: true } };
    expect(refusalOf({ old, next: same })).toBeUndefined();
    expect(refusalOf({ old, next: { ...same, promotion: { ...old.promotion, at: NOW - 200 * HOUR } } })).toBeDefined();
    expect(
      refusalOf({ old, next: { ...same, promotion: { ...old.promotion, overrides: [], lane: "p1" } } }),
    ).toBeDefined();
  });
});
