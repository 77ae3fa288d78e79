import { createHash } from "node:crypto";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { pilotsIn } from "../../src-ops/feed/promotion/pilots.ts";
import { judgedOf, NO_RING_TARGETS, parseRingTargets, parseVerdict } from "../../src-ops/gates/index.ts";
import { parseRelease } from "../../src-shared/updates/index.ts";
import { FROZEN } from "./make.ts";

const frozen = JSON.parse(readFileSync(join(FROZEN, "promotion.json"), "utf8")) as {
  release: string;
  agreements: string[];
  verdict: string;
};
const sha256 = (text: string) => createHash("sha256").update(text).digest("hex");
const release = JSON.parse(frozen.release) as { promotion: { verdict: object; pilots: object } } & object;
const read = (document: object) => parseRelease(Buffer.from(JSON.stringify(document)), "ring1");

describe("the frozen promotion (docs/formats/promotion.md)", () => {
  it("is read completely and without additions", () => {
    expect(read(release)).toEqual({ ok: true, value: release });
  });

  it("contains the hash of the verdict's file, and the hash of the verdict's policy", () => {
    const { policyHash } = JSON.parse(frozen.verdict) as { policyHash: string };
    expect(release).toMatchObject({ verdictHash: sha256(frozen.verdict), policyHash });
  });

  it("contains the public part of its verdict, and the hash of the pilots' agreements", () => {
    const verdict = parseVerdict(Buffer.from(frozen.verdict));
    expect(verdict.ok && judgedOf(verdict.value)).toEqual(release.promotion.verdict);
    const targets = frozen.agreements.map((text, index) => ({
      hostname: `pilot-${index}`,
      type: "client",
      agreement: { sha256: sha256(text), signed: "2026-11-02" },
    }));
    const rings = { ...NO_RING_TARGETS.rings, ring1: { validated: false, targets } };
    const file = parseRingTargets(Buffer.from(JSON.stringify({ rings })));
    if (!file.ok) throw new Error(file.error);
    const { count, agreementsHash } = pilotsIn(file.value);
    expect({ count, agreementsHash }).toEqual(release.promotion.pilots);
  });

  it("uses the verdict format that the policy page shows", () => {
    const page = readFileSync(join(import.meta.dirname, "../../docs/formats/ring-policy.md"), "utf8");
    const [, example = ""] = /```json\n([\s\S]*?)```/.exec(page) ?? [];
    expect(parseVerdict(Buffer.from(example))).toMatchObject({ ok: true, value: { verdict: "inconclusive" } });
  });

  it("accepts names and members of later versions, and refuses other structures", () => {
    const { promotion } = release;
    const later = {
      ...promotion,
      lane: "p0",
      overrides: [{ code: "moon-phase", reason: "x" }],
      verdict: { ...promotion.verdict, outcome: "superb", open: ["moon"] },
      more: { nested: true },
    };
    expect(read({ ...release, promotion: later })).toMatchObject({ ok: true, value: { promotion: { lane: "p0" } } });
    for (const wrong of [{ at: -1 }, { overrides: [{ code: "x" }] }, { checklistHash: "abc" }, { lane: "P 1" }]) {
      expect(read({ ...release, promotion: { ...promotion, ...wrong } })).toEqual({ ok: false, error: "MALFORMED" });
    }
  });
});
