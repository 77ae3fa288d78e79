import type { Ring } from "../../../src-shared/license/index.ts";
import { ok } from "../../../src-shared/result.ts";
import { LANES, type LaneName, type RingTargets, windowAt, type PolicyFile } from "../../gates/index.ts";
import { type Attempt, fail, type FailureCode } from "../../failure.ts";
import { pilotsIn } from "./pilots.ts";
import { observationHours, shareOf, stageAfter } from "./stages.ts";
import type { JudgedVerdict, Release } from "../../../src-shared/updates/index.ts";
import { HOUR, type UnixSeconds } from "../../../src-shared/units.ts";

/** The refusals that people may override, each by its name and with a reason. All others cannot be overridden. */
export const OVERRIDES = ["window", "observation", "pilots", "verdict"] as const;
export type OverrideCode = (typeof OVERRIDES)[number];

/** A reason to refuse a promotion. `override`: the name of the override that allows it anyway, if there is one. */
export type Concern = { readonly code: FailureCode; readonly message: string; readonly override?: OverrideCode };

/** What the judgement of a promotion needs besides the feed. */
export type PromotionContext = {
  readonly policy: PolicyFile;
  readonly ringTargets: RingTargets;
  readonly now: UnixSeconds;
};

export type PromotionRequest = PromotionContext & {
  readonly ring: Ring;
  /** The ring in which the build was observed: the previous ring, or this ring at a smaller share. */
  readonly gate: Ring;
  /** What `gate` runs: it shows since when the build is observed. */
  readonly watched: Release | undefined;
  readonly isNextShare: boolean;
  readonly next: Release;
};

/** All reasons to refuse a promotion, in the order in which they are reported. */
export function concernsOf(request: PromotionRequest): readonly Concern[] {
  return [
    ...startConcerns(request),
    ...verdictConcerns(request),
    ...checklistConcerns(request),
    ...observationConcerns(request),
    ...stageConcerns(request),
    ...pilotConcerns(request),
    ...windowConcerns(request),
  ];
}

/** Refuses with the first concern that the document does not override. */
export function judgePromotion(request: PromotionRequest): Attempt<undefined> {
  const overridden = new Set(request.next.promotion?.overrides.map(({ code }) => code));
  const first = concernsOf(request).find(({ override }) => override === undefined || !overridden.has(override));
  return first ? fail(first.code, first.message, { override: first.override ?? null }) : ok(undefined);
}

// The observation of the next share starts at this time, so it must not be before the signature.
function startConcerns({ ring, next, now }: PromotionRequest): readonly Concern[] {
  if (next.promotion?.at === next.issued && next.issued <= now) return [];
  const message = `The start time in ${ring} differs from the time of this change: make the change again.`;
  return [{ code: "PENDING_INVALID", message }];
}

function verdictConcerns({ next, gate, watched, policy, now }: PromotionRequest): readonly Concern[] {
  const verdict = next.promotion?.verdict;
  if (!verdict)
    return [
      { code: "RING_NOT_VALIDATED", message: `The promotion needs a verdict on ${gate}: name it with --verdict.` },
    ];
  if (next.policyHash !== policy.hash) {
    const message = `The verdict on ${gate} used another policy: name that policy with --policy, or get a new verdict.`;
    return [{ code: "VERDICT_OTHER_POLICY", message }];
  }
  const { verdictHours } = policy.policy.promotion;
  if (verdict.at > now || verdict.since > verdict.at) {
    return [{ code: "VERDICT_INVALID", message: `The verdict on ${gate} is from the future: check the clocks.` }];
  }
  if (now - verdict.at > verdictHours * HOUR) {
    const message = `The verdict on ${gate} is older than ${verdictHours} h: get a new verdict.`;
    return [{ code: "VERDICT_OLD", message }];
  }
  if (watched?.build === next.build && watched.promotion && verdict.since < watched.promotion.at) {
    const message = `The verdict on ${gate} is about what it ran before ${moment(watched.promotion.at)}: get a new verdict.`;
    return [{ code: "VERDICT_INVALID", message }];
  }
  return outcomeConcerns(verdict, gate, laneIn(next));
}

function outcomeConcerns(verdict: JudgedVerdict, gate: Ring, lane: LaneName | undefined): readonly Concern[] {
  const { outcome, open } = verdict;
  if (outcome === "pass" && open.length === 0) return [];
  const what = `The gates of ${gate} say ${outcome} (${open.join(", ")})`;
  // a hotfix must pass every gate except time.
  const isOnlyTime = outcome === "inconclusive" && open.length > 0 && open.every((name) => name === "time");
  if (isOnlyTime && lane) return [];
  if (mayBeOverridden(verdict)) {
    const override = isOnlyTime ? "observation" : "verdict";
    return [{ code: "VERDICT_NOT_PASS", message: `${what}: observe longer, or use --override ${override}.`, override }];
  }
  return [{ code: "VERDICT_NOT_PASS", message: `${what}: build a fix.` }];
}

/**
 * Whether people may go on with a verdict that does not pass: never if a gate halted the release, and never with doubts about
 * its security. A document that fails and does not name the halting gates is from before they were signed.
 */
export function mayBeOverridden({ outcome, open, halting }: JudgedVerdict): boolean {
  if (open.length === 0 || open.includes("security")) return false;
  return outcome === "inconclusive" || (outcome === "fail" && halting?.length === 0);
}

// A larger share uses the checklist of the first share.
function checklistConcerns({ ring, next }: PromotionRequest): readonly Concern[] {
  if (next.promotion?.checklistHash !== undefined) return [];
  const message = `A promotion to ${ring} needs a completed checklist: make one with \`vaultctl ring checklist init\`, and name it with --checklist.`;
  return [{ code: "CHECKLIST_MISSING", message }];
}

function observationConcerns({ next, gate, watched, isNextShare, policy, now }: PromotionRequest): readonly Concern[] {
  const since = Math.max(next.promotion?.verdict?.since ?? 0, runningSince(watched, next));
  const lane = laneIn(next);
  const share = isNextShare && watched ? shareOf(watched) : 0;
  const hours = lane ? policy.policy.promotion.lanes[lane].hours : observationHours(gate, share, policy.policy);
  if (now - since >= hours * HOUR) return [];
  const seen = Math.floor((now - since) / 360) / 10;
  const message = `${gate} has observed ${next.build} for ${seen} of ${hours} h: wait, or use --override observation.`;
  return [{ code: "OBSERVATION_TOO_SHORT", message, override: "observation" }];
}

function stageConcerns({ ring, next, watched, isNextShare, policy }: PromotionRequest): readonly Concern[] {
  const allowed = stageAfter(ring, isNextShare && watched ? shareOf(watched) : 0, policy.policy);
  const lane = laneIn(next);
  const isUrgent = lane !== undefined && policy.policy.promotion.lanes[lane].anyTime;
  if (shareOf(next) <= allowed || isUrgent) return [];
  const message = `The next share of ${ring} is ${allowed / 100} %: promote it to that share first, or use --override observation.`;
  return [{ code: "STAGE_SKIPPED", message, override: "observation" }];
}

// every pilot has signed a pilot agreement.
function pilotConcerns({ ring, isNextShare, next, ringTargets, policy }: PromotionRequest): readonly Concern[] {
  if (ring !== "ring1" || isNextShare) return [];
  const { least, most } = policy.policy.promotion.pilots;
  const { count, agreementsHash, ineligible } = pilotsIn(ringTargets);
  const signed = next.promotion?.pilots;
  const isSame = signed?.count === count && signed.agreementsHash === agreementsHash;
  if (isSame && ineligible.length === 0 && count >= least && count <= most) return [];
  const what =
    ineligible.length > 0
      ? `${ineligible.join(", ")} in ring1 of ring-targets.json: not a client with a signed pilot agreement`
      : isSame
        ? `ring1 has ${count} pilots with a signed agreement, but needs ${least} to ${most}`
        : "The pilots in ring-targets.json have changed since this was signed";
  const message = `${what}: see \`vaultctl feed pilot\`, or use --override pilots.`;
  return [{ code: "PILOTS_INELIGIBLE", message, override: "pilots" }];
}

function windowConcerns({ next, policy, now }: PromotionRequest): readonly Concern[] {
  const { windows, lanes } = policy.policy.promotion;
  const lane = laneIn(next);
  if ((lane && lanes[lane].anyTime) || windowAt(windows, now) !== "never") return [];
  const message = `No promotion is allowed ${describeSpans(windows.never)} (${windows.zone}): wait, or use --override window.`;
  return [{ code: "OUTSIDE_WINDOW", message, override: "window" }];
}

/** ring0 is only for internal machines. */
export function judgeInternalTargets({ ringTargets }: PromotionContext): Attempt<undefined> {
  const client = ringTargets.rings.ring0.targets.find(({ type }) => type !== "internal");
  if (!client) return ok(undefined);
  const message = `${client.hostname} in ring0 of ring-targets.json is a client's machine: only your own machines belong there.`;
  return fail("PILOTS_INELIGIBLE", message);
}

/** Warnings about a promotion that is not refused: R-17 prefers the middle of the week. */
export function warningsOf({ policy, now }: PromotionContext): readonly string[] {
  const { windows } = policy.policy.promotion;
  if (windowAt(windows, now) !== "possible") return [];
  return [
    `The preferred time is ${describeSpans(windows.preferred)} (${windows.zone}), when people are available if something goes wrong.`,
  ];
}

/** Since when a ring runs this build with its current share. */
export function runningSince(watched: Release | undefined, { build }: Pick<Release, "build">): UnixSeconds {
  return watched?.build === build ? (watched.promotion?.at ?? watched.issued) : 0;
}

function laneIn({ promotion }: Release): LaneName | undefined {
  return LANES.find((name) => name === promotion?.lane);
}

function describeSpans(spans: readonly { days: readonly string[]; from: number; to: number }[]): string {
  return spans.map(({ days, from, to }) => `${days.join(" ")} ${from}-${to} h`).join(", ");
}

const moment = (at: UnixSeconds) => new Date(at * 1_000).toISOString();
