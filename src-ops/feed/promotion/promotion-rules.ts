import type { Ring } from "../../../src-shared/license/index.ts";
import { ok } from "../../../src-shared/result.ts";
import { LANES, type LaneName, type RingTargets, windowAt, type PolicyFile } from "../../gates/index.ts";
import { type Attempt, fail, type FailureCode } from "../../failure.ts";
import { pilotsIn } from "./pilots.ts";
import { hoursWatched, shareOf, stageAfter } from "./stages.ts";
import type { JudgedVerdict, Release } from "../../../src-shared/updates/index.ts";
import { HOUR, type UnixSeconds } from "../../../src-shared/units.ts";

/** What people may set aside, each by its name and with a reason. Everything else holds for everybody. */
export const OVERRIDES = ["window", "observation", "pilots", "verdict"] as const;
export type OverrideCode = (typeof OVERRIDES)[number];

/** What stands against a promotion. `override`: under which name people may set it aside; without one nobody may. */
export type Concern = { readonly code: FailureCode; readonly message: string; readonly override?: OverrideCode };

/** What a promotion is judged by, beside the feed itself. */
export type PromotionContext = {
  readonly policy: PolicyFile;
  readonly ringTargets: RingTargets;
  readonly now: UnixSeconds;
};

export type PromotionRequest = PromotionContext & {
  readonly ring: Ring;
  /** Where the build was watched: the ring before, or this ring at a smaller share. */
  readonly gate: Ring;
  /** What `gate` runs: it tells since when the build is watched. */
  readonly watched: Release | undefined;
  readonly isNextShare: boolean;
  readonly next: Release;
};

/** Everything that stands against a promotion, in the order in which people hear of it. */
export function concernsOf(promoting: PromotionRequest): readonly Concern[] {
  return [
    ...momentConcerns(promoting),
    ...verdictConcerns(promoting),
    ...checklistConcerns(promoting),
    ...observationConcerns(promoting),
    ...stageConcerns(promoting),
    ...pilotConcerns(promoting),
    ...windowConcerns(promoting),
  ];
}

/** Refuses by the first concern that the document does not set aside. */
export function judgePromotion(promoting: PromotionRequest): Attempt<undefined> {
  const setAside = new Set(promoting.next.promotion?.overrides.map(({ code }) => code));
  const first = concernsOf(promoting).find(({ override }) => override === undefined || !setAside.has(override));
  return first ? fail(first.code, first.message, { override: first.override ?? null }) : ok(undefined);
}

// The watch of the next share counts from there: nobody begins it before they sign.
function momentConcerns({ ring, next, now }: PromotionRequest): readonly Concern[] {
  if (next.promotion?.at === next.issued && next.issued <= now) return [];
  const message = `${ring} would begin at another time than this was made at: make the change again.`;
  return [{ code: "PENDING_INVALID", message }];
}

function verdictConcerns({ next, gate, watched, policy, now }: PromotionRequest): readonly Concern[] {
  const verdict = next.promotion?.verdict;
  if (!verdict) return [{ code: "RING_NOT_VALIDATED", message: `No verdict on ${gate} is signed with it: --verdict.` }];
  if (next.policyHash !== policy.hash) {
    const message = `The verdict on ${gate} was found by another policy: name that one with --policy, or judge anew.`;
    return [{ code: "VERDICT_OTHER_POLICY", message }];
  }
  const { verdictHours } = policy.policy.promotion;
  if (verdict.at > now || verdict.since > verdict.at) {
    return [{ code: "VERDICT_INVALID", message: `The verdict on ${gate} is of a time to come: look at the clocks.` }];
  }
  if (now - verdict.at > verdictHours * HOUR) {
    const message = `The verdict on ${gate} is older than ${verdictHours} h: judge anew.`;
    return [{ code: "VERDICT_OLD", message }];
  }
  if (watched?.build === next.build && watched.promotion && verdict.since < watched.promotion.at) {
    const message = `The verdict on ${gate} is about what it ran before ${moment(watched.promotion.at)}: judge anew.`;
    return [{ code: "VERDICT_INVALID", message }];
  }
  return outcomeConcerns(verdict, gate, laneIn(next));
}

function outcomeConcerns({ outcome, open }: JudgedVerdict, gate: Ring, lane: LaneName | undefined): readonly Concern[] {
  if (outcome === "pass" && open.length === 0) return [];
  const what = `The gates of ${gate} say ${outcome} (${open.join(", ")})`;
  // a hotfix is gated by everything that is not time.
  const isTimeAlone = open.length > 0 && open.every((name) => name === "time");
  if (outcome === "inconclusive" && isTimeAlone && lane) return [];
  if (outcome === "inconclusive" && !open.includes("security")) {
    const override = isTimeAlone ? "observation" : "verdict";
    return [{ code: "VERDICT_NOT_PASS", message: `${what}: watch longer, or --override ${override}.`, override }];
  }
  return [{ code: "VERDICT_NOT_PASS", message: `${what}: build a fix.` }];
}

// A larger share goes by the checklist of the first one.
function checklistConcerns({ ring, next }: PromotionRequest): readonly Concern[] {
  if (next.promotion?.checklistHash !== undefined) return [];
  const message = `No filled checklist for ${ring} is named: make one with \`vaultctl ring checklist init\`, --checklist.`;
  return [{ code: "CHECKLIST_MISSING", message }];
}

function observationConcerns({ next, gate, watched, isNextShare, policy, now }: PromotionRequest): readonly Concern[] {
  const begun = Math.max(next.promotion?.verdict?.since ?? 0, beganAt(watched, next));
  const lane = laneIn(next);
  const share = isNextShare && watched ? shareOf(watched) : 0;
  const hours = lane ? policy.policy.promotion.lanes[lane].hours : hoursWatched(gate, share, policy.policy);
  if (now - begun >= hours * HOUR) return [];
  const seen = Math.floor((now - begun) / 360) / 10;
  const message = `${gate} has watched ${next.build} for ${seen} of ${hours} h: wait, or --override observation.`;
  return [{ code: "OBSERVATION_TOO_SHORT", message, override: "observation" }];
}

function stageConcerns({ ring, next, watched, isNextShare, policy }: PromotionRequest): readonly Concern[] {
  const allowed = stageAfter(ring, isNextShare && watched ? shareOf(watched) : 0, policy.policy);
  const lane = laneIn(next);
  const isHurried = lane !== undefined && policy.policy.promotion.lanes[lane].anyTime;
  if (shareOf(next) <= allowed || isHurried) return [];
  const message = `The next share of ${ring} is ${allowed / 100} %: go there first, or --override observation.`;
  return [{ code: "STAGE_SKIPPED", message, override: "observation" }];
}

// pilots have signed that they are pilots.
function pilotConcerns({ ring, isNextShare, next, ringTargets, policy }: PromotionRequest): readonly Concern[] {
  if (ring !== "ring1" || isNextShare) return [];
  const { least, most } = policy.policy.promotion.pilots;
  const { count, agreementsHash, strangers } = pilotsIn(ringTargets);
  const signed = next.promotion?.pilots;
  const isSame = signed?.count === count && signed.agreementsHash === agreementsHash;
  if (isSame && strangers.length === 0 && count >= least && count <= most) return [];
  const what =
    strangers.length > 0
      ? `${strangers.join(", ")} in ring1 of ring-targets.json is no client with a signed pilot agreement`
      : isSame
        ? `ring1 has ${count} pilots with a signed agreement, and takes ${least} to ${most}`
        : "The pilots in ring-targets.json are others than when this was signed";
  const message = `${what}: see \`vaultctl feed pilot\`, or --override pilots.`;
  return [{ code: "PILOTS_INELIGIBLE", message, override: "pilots" }];
}

function windowConcerns({ next, policy, now }: PromotionRequest): readonly Concern[] {
  const { windows, lanes } = policy.policy.promotion;
  const lane = laneIn(next);
  if ((lane && lanes[lane].anyTime) || windowAt(windows, now) !== "never") return [];
  const message = `No build goes further ${neverWords(windows.never)} (${windows.zone}): wait, or --override window.`;
  return [{ code: "OUTSIDE_WINDOW", message, override: "window" }];
}

/** ring0 is for machines of our own. */
export function judgeStaff({ ringTargets }: PromotionContext): Attempt<undefined> {
  const client = ringTargets.rings.ring0.targets.find(({ type }) => type !== "internal");
  if (!client) return ok(undefined);
  const message = `${client.hostname} in ring0 of ring-targets.json is a client's: only machines of your own belong there.`;
  return fail("PILOTS_INELIGIBLE", message);
}

/** What people hear although nothing is refused: R-17 prefers the middle of the week. */
export function warningsOf({ policy, now }: PromotionContext): readonly string[] {
  const { windows } = policy.policy.promotion;
  if (windowAt(windows, now) !== "possible") return [];
  return [`Best is ${neverWords(windows.preferred)} (${windows.zone}): people are there when something goes wrong.`];
}

/** Since when a ring runs what it runs, for the share that it has. */
export function beganAt(watched: Release | undefined, { build }: Pick<Release, "build">): UnixSeconds {
  return watched?.build === build ? (watched.promotion?.at ?? watched.issued) : 0;
}

function laneIn({ promotion }: Release): LaneName | undefined {
  return LANES.find((name) => name === promotion?.lane);
}

function neverWords(spans: readonly { days: readonly string[]; from: number; to: number }[]): string {
  return spans.map(({ days, from, to }) => `${days.join(" ")} ${from}-${to} h`).join(", ");
}

const moment = (at: UnixSeconds) => new Date(at * 1_000).toISOString();
