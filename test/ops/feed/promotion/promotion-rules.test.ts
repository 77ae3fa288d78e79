import { describe, expect, it } from "vitest";
import {
  concernsOf,
  judgePromotion,
  type PromotionRequest,
  warningsOf,
} from "../../../../src-ops/feed/promotion/promotion-rules.ts";
import { pilotsIn } from "../../../../src-ops/feed/promotion/pilots.ts";
import { GATES } from "../../../../src-ops/gates/gate.ts";
import { NO_RING_TARGETS } from "../../../../src-ops/gates/index.ts";
import type { JudgedVerdict, Promotion, Release } from "../../../../src-shared/updates/index.ts";
import { HOUR } from "../../../../src-shared/units.ts";
import { pilotTargets } from "../../../fakes/promotion-evidence-files.ts";
import { defaultPolicy } from "../../gates/facts.ts";
import { releaseClaims } from "../../../shared/updates/documents.ts";

const TUESDAY = Date.parse("2026-11-24T15:00:00+01:00") / 1_000;
const SATURDAY = Date.parse("2026-11-28T15:00:00+01:00") / 1_000;
const HASH = "a".repeat(64);
const POLICY = { policy: defaultPolicy(), hash: "b".repeat(64) };
const targets = (count: number) => ({
  rings: { ...NO_RING_TARGETS.rings, ring1: { validated: false, targets: pilotTargets(count) as never } },
});

type Change = {
  now?: number;
  ring?: "ring1" | "ga";
  verdict?: Partial<JudgedVerdict> | null;
  promotion?: Partial<Promotion>;
  next?: Partial<Release>;
  /** Hours for which the previous ring (or, with `share`, this ring) has run the build. */
  hours?: number;
  share?: number;
  pilots?: number;
  /** A machine among the pilots without a signed agreement. */
  ineligible?: string;
};

/** A valid promotion with the changes of a test. */
function promotionRequest({
  now = TUESDAY,
  ring = "ring1",
  hours = 200,
  share,
  pilots = 4,
  ineligible,
  ...change
}: Change): PromotionRequest {
  const since = now - hours * HOUR;
  const ringTargets = targets(pilots);
  if (ineligible !== undefined)
    (ringTargets.rings.ring1.targets as object[]).push({ hostname: ineligible, type: "client" });
  const { count, agreementsHash } = pilotsIn(ringTargets);
  const verdict = { outcome: "pass", at: now - HOUR, since, open: [], evidenceHash: HASH, ...change.verdict };
  const watched = releaseClaims({
    basisPoints: share ?? 10_000,
    issued: since,
    promotion: { at: since, overrides: [] },
  });
  const promotion = {
    at: now,
    ...(change.verdict === null ? {} : { verdict }),
    checklistHash: HASH,
    pilots: { count, agreementsHash },
    overrides: [],
    ...change.promotion,
  };
  const basisPoints = ring === "ring1" ? 10_000 : share === undefined ? 1_000 : 5_000;
  const next = releaseClaims({ ring, issued: now, policyHash: POLICY.hash, basisPoints, promotion, ...change.next });
  const isNextShare = share !== undefined;
  const gate = isNextShare ? ring : ring === "ring1" ? "ring0" : "ring1";
  return { ring, gate, watched, isNextShare, next, policy: POLICY, ringTargets, now };
}

const concernCodes = (change: Change) =>
  concernsOf(promotionRequest(change)).map(({ code, override }) => (override ? `${code} (${override})` : code));

describe("a promotion is refused", () => {
  it("never if all conditions are met", () => {
    expect(concernCodes({})).toEqual([]);
    expect(concernCodes({ ring: "ga" })).toEqual([]);
    expect(concernCodes({ ring: "ga", share: 1_000, hours: 24 })).toEqual([]);
  });

  it.each<[string, Change, string]>([
    ["without a verdict", { verdict: null }, "RING_NOT_VALIDATED"],
    ["on a verdict by another policy", { next: { policyHash: HASH } }, "VERDICT_OTHER_POLICY"],
    ["on a verdict older than a day", { verdict: { at: TUESDAY - 25 * HOUR } }, "VERDICT_OLD"],
    ["on a verdict from the future", { verdict: { at: TUESDAY + HOUR } }, "VERDICT_INVALID"],
    ["on a verdict about an earlier build", { verdict: { since: TUESDAY - 201 * HOUR } }, "VERDICT_INVALID"],
    ["on a verdict that fails", { verdict: { outcome: "fail", open: ["crashes"] } }, "VERDICT_NOT_PASS"],
    ...GATES.map((gate): [string, Change, string] => [
      `on a verdict in which ${gate} halts`,
      { verdict: { outcome: "fail", open: [gate], halting: [gate] } },
      "VERDICT_NOT_PASS",
    ]),
    [
      "while a security gate holds and another fails",
      { verdict: { outcome: "fail", open: ["reporting", "security"], halting: [] } },
      "VERDICT_NOT_PASS",
    ],
    [
      "while a security gate is on hold",
      { verdict: { outcome: "inconclusive", open: ["security"] } },
      "VERDICT_NOT_PASS",
    ],
    ["on a pass with an open gate", { verdict: { outcome: "pass", open: ["security"] } }, "VERDICT_NOT_PASS"],
    ["on an unknown outcome", { verdict: { outcome: "great", open: [] } }, "VERDICT_NOT_PASS"],
    ["with a start before the change was made", { promotion: { at: TUESDAY - HOUR } }, "PENDING_INVALID"],
    [
      "with a start in the future",
      { next: { issued: TUESDAY + 1 }, promotion: { at: TUESDAY + 1 } },
      "PENDING_INVALID",
    ],
    ["without a checklist", { promotion: { checklistHash: undefined } }, "CHECKLIST_MISSING"],
  ])("whatever the overrides, %s", (_name, change, code) => {
    expect(concernCodes(change)).toEqual([code]);
    const overrides = ["window", "observation", "pilots", "verdict"].map((name) => ({ code: name, reason: "x" }));
    const request = promotionRequest({ ...change, promotion: { ...change.promotion, overrides } });
    expect(judgePromotion(request)).toMatchObject({ ok: false, error: { code } });
  });

  it.each<[string, Change, string]>([
    ["on a Saturday", { now: SATURDAY }, "OUTSIDE_WINDOW (window)"],
    ["after 47 hours in ring0", { hours: 47 }, "OBSERVATION_TOO_SHORT (observation)"],
    ["after six days in ring1", { ring: "ga", hours: 144 }, "OBSERVATION_TOO_SHORT (observation)"],
    ["to 50 % after 23 hours at 10 %", { ring: "ga", share: 1_000, hours: 23 }, "OBSERVATION_TOO_SHORT (observation)"],
    ["to 50 % from the start", { ring: "ga", next: { basisPoints: 5_000 } }, "STAGE_SKIPPED (observation)"],
    [
      "beyond its share because it is critical",
      { ring: "ga", next: { critical: true } },
      "STAGE_SKIPPED (observation)",
    ],
    ["with two pilots", { pilots: 2 }, "PILOTS_INELIGIBLE (pilots)"],
    ["with a machine among the pilots that has no agreement", { ineligible: "c-0042" }, "PILOTS_INELIGIBLE (pilots)"],
    ["with six pilots", { pilots: 6 }, "PILOTS_INELIGIBLE (pilots)"],
    [
      "with pilots that differ from the signed ones",
      { promotion: { pilots: { count: 4, agreementsHash: HASH } } },
      "PILOTS_INELIGIBLE (pilots)",
    ],
    [
      "while only time is missing",
      { verdict: { outcome: "inconclusive", open: ["time"] } },
      "VERDICT_NOT_PASS (observation)",
    ],
    [
      "while there is too little data",
      { verdict: { outcome: "inconclusive", open: ["time", "errors"] } },
      "VERDICT_NOT_PASS (verdict)",
    ],
    ...GATES.filter((gate) => gate !== "security").flatMap((gate): [string, Change, string][] => [
      [
        `while ${gate} fails without a halt`,
        { verdict: { outcome: "fail", open: [gate], halting: [] } },
        "VERDICT_NOT_PASS (verdict)",
      ],
      [
        `while ${gate} holds`,
        { verdict: { outcome: "inconclusive", open: [gate] } },
        `VERDICT_NOT_PASS (${gate === "time" ? "observation" : "verdict"})`,
      ],
    ]),
  ])("without the matching override, %s", (_name, change, concern) => {
    expect(concernCodes(change)).toEqual([concern]);
    const [, own = ""] = /\((.+)\)/.exec(concern) ?? [];
    const by = (...codes: string[]) =>
      judgePromotion(
        promotionRequest({
          ...change,
          promotion: { ...change.promotion, overrides: codes.map((code) => ({ code, reason: "x" })) },
        }),
      ).ok;
    expect(by(own)).toBe(true);
    expect(by(...["window", "observation", "pilots", "verdict"].filter((code) => code !== own))).toBe(false);
  });
});

describe("a time outside the preferred windows", () => {
  it.each([
    ["2026-11-24T15:00:00+01:00", 0],
    ["2026-11-27T15:00:00+01:00", 1],
  ])("gives a warning: %s", (moment, warnings) => {
    const terms = promotionRequest({ now: Date.parse(moment) / 1_000 });
    expect(concernsOf(terms)).toEqual([]);
    expect(warningsOf(terms)).toHaveLength(warnings);
  });
});

describe("a pilot", () => {
  it("is a client with a signed agreement; each agreement counts once", () => {
    const two = targets(2);
    expect(pilotsIn(two)).toMatchObject({ count: 2, ineligible: [] });
    const [first, second] = two.rings.ring1.targets as unknown as [{ hostname: string }, object];
    const mixed = [first, { ...first, hostname: "twin" }, { hostname: "ours", type: "internal" }, second];
    const { count, ineligible } = pilotsIn({
      rings: { ...two.rings, ring1: { validated: false, targets: mixed as never } },
    });
    expect([count, ineligible]).toEqual([2, ["ours"]]);
  });
});

describe("a hotfix (R-52)", () => {
  const inLane = (lane: string, change: Change) => concernCodes({ ...change, promotion: { lane } });

  it("P1 is promoted at once, at any time and to all machines, if only time is missing", () => {
    const change = { hours: 0, now: SATURDAY, verdict: { at: SATURDAY, outcome: "inconclusive", open: ["time"] } };
    expect(inLane("p1", change)).toEqual([]);
    expect(inLane("p1", { ...change, ring: "ga", next: { basisPoints: 10_000 } })).toEqual([]);
    expect(inLane("p1", { ...change, verdict: { ...change.verdict, open: ["time", "errors"] } })).toEqual([
      "VERDICT_NOT_PASS (verdict)",
    ]);
  });

  it.each([
    ["p2", 24],
    ["p3", 72],
  ])("%s is observed for %i hours, and promoted in a window", (lane, hours) => {
    expect(inLane(lane, { hours })).toEqual([]);
    expect(inLane(lane, { hours: hours - 1 })).toEqual(["OBSERVATION_TOO_SHORT (observation)"]);
    expect(inLane(lane, { hours, now: SATURDAY })).toEqual(["OUTSIDE_WINDOW (window)"]);
  });

  it("does not bypass a gate, the checklist or the pilots", () => {
    const bad = { verdict: { outcome: "fail", open: ["security"] }, promotion: { checklistHash: undefined } };
    expect(concernCodes({ ...bad, pilots: 1, promotion: { lane: "p1", checklistHash: undefined } })).toEqual([
      "VERDICT_NOT_PASS",
      "CHECKLIST_MISSING",
      "PILOTS_INELIGIBLE (pilots)",
    ]);
    expect(concernCodes({ hours: 1, promotion: { lane: "p0" } })).toEqual(["OBSERVATION_TOO_SHORT (observation)"]);
  });
});
