import { type Ring, RINGS } from "../../src-shared/license/index.ts";
import type { Policy } from "../gates/index.ts";
import { observationHours, shareOf, stageAfter } from "./promotion/index.ts";
import type { RingStatus, SignedState } from "./status.ts";
import { type BuildId, EVERYONE, type Promotion, type Version } from "../../src-shared/updates/index.ts";
import { HOUR, type Seconds, type UnixSeconds } from "../../src-shared/units.ts";

// The state of a release is computed from the signed documents; it is not stored anywhere else.
//
//   draft ── release ──▶ ring0 ── promote ──▶ ring1 ── promote ──▶ ga 10 % ──▶ 50 % ──▶ 100 %
//                          │                    │                    │
//                          └──── halt ──────────┴────────────────────┴──▶ halted ── resume ──▶ as before
//                                                                           └── rollback ──▶ rolled back

/** The possible next step of a ring. The gates decide whether its verdict allows it. */
export type NextStep =
  | { readonly kind: "release" }
  /** No promotion before this time, unless people override the observation time. */
  | { readonly kind: "watch"; readonly until: UnixSeconds }
  | { readonly kind: "promote"; readonly to: Ring; readonly basisPoints: number }
  /** Halted: roll back, or resume with a reason. */
  | { readonly kind: "decide" }
  /** Rolled back: release a fix to ring0. */
  | { readonly kind: "fix" }
  | { readonly kind: "done" };

/** The state of a ring. */
export type RingProgress = {
  readonly ring: Ring;
  readonly build: BuildId | undefined;
  readonly version: Version | undefined;
  readonly state: "empty" | "running" | "halted" | "rolled-back";
  /** The share of the ring's machines that get the build, 0 to 100. */
  readonly percent: number;
  /** Since when it runs this build with this share. */
  readonly since: UnixSeconds | undefined;
  /** The rest of the required observation time. */
  readonly observationLeft: Seconds;
  readonly next: NextStep;
  /** The signed evidence of the promotion. */
  readonly promotion: Promotion | undefined;
};

export const BUILD_STATES = [
  "draft",
  "ring0",
  "ring1",
  "ga",
  "halted",
  "rolled-back",
  "revoked",
  "superseded",
] as const;

/** The state of a build: the last ring that runs it, unless it was stopped. */
export type BuildProgress = {
  readonly build: BuildId;
  readonly version: Version;
  readonly state: (typeof BUILD_STATES)[number];
  readonly percent: number;
};

export type ReleaseStates = { readonly rings: readonly RingProgress[]; readonly builds: readonly BuildProgress[] };

/** The states of all releases, computed from the signed documents, the policy and the time. */
export function releaseStates(signed: SignedState, policy: Policy, now: UnixSeconds): ReleaseStates {
  return {
    rings: RINGS.map((ring) => progressOf(ring, signed, policy, now)),
    builds: signed.builds.map(({ id, version }) => ({ build: id, version, ...stateOfBuild(id, signed) })),
  };
}

function progressOf(ring: Ring, { rings, builds }: SignedState, policy: Policy, now: UnixSeconds): RingProgress {
  const own = rings[ring];
  const { release } = own;
  if (!release) {
    const next: NextStep = { kind: ring === "ring0" ? "release" : "done" };
    const nothing = { build: undefined, version: undefined, since: undefined, promotion: undefined };
    return { ring, ...nothing, state: "empty", percent: 0, observationLeft: 0, next };
  }
  const since = release.promotion?.at ?? release.issued;
  const until = since + observationHours(ring, shareOf(release), policy) * HOUR;
  const state = stateOf(own);
  const promotion = state === "running" ? nextPromotion(ring, rings, policy) : undefined;
  const isObserved = promotion !== undefined && now < until;
  return {
    ring,
    build: release.build,
    version: builds.find(({ id }) => id === release.build)?.version,
    state,
    percent: shareOf(release) / 100,
    since,
    observationLeft: isObserved ? until - now : 0,
    next: isObserved ? { kind: "watch", until } : (promotion ?? nextStepAfter(state)),
    promotion: release.promotion,
  };
}

function stateOf({ release, halts }: RingStatus): "running" | "halted" | "rolled-back" {
  if (halts.some(({ build }) => build === release?.build)) return "halted";
  return release?.kind === "rollback" ? "rolled-back" : "running";
}

function nextStepAfter(state: "running" | "halted" | "rolled-back"): NextStep {
  if (state === "halted") return { kind: "decide" };
  return { kind: state === "rolled-back" ? "fix" : "done" };
}

/** The next promotion of a ring's build; `undefined` if there is none. */
function nextPromotion(ring: Ring, rings: SignedState["rings"], policy: Policy): NextStep | undefined {
  const { release } = rings[ring];
  if (!release) return undefined;
  if (ring === "ga") {
    const share = shareOf(release);
    return share < EVERYONE ? { kind: "promote", to: "ga", basisPoints: stageAfter("ga", share, policy) } : undefined;
  }
  const to = ring === "ring0" ? "ring1" : "ga";
  // A build that was already offered in the next ring is not promoted there again.
  if (rings[to].offered.includes(release.build)) return undefined;
  return { kind: "promote", to, basisPoints: stageAfter(to, 0, policy) };
}

function stateOfBuild(build: BuildId, { rings, security }: SignedState): Pick<BuildProgress, "state" | "percent"> {
  const all = RINGS.map((ring) => ({ ring, ...rings[ring] }));
  if (security.revokedBuilds.includes(build)) return { state: "revoked", percent: 0 };
  if (all.some(({ halts }) => halts.some((halt) => halt.build === build))) return { state: "halted", percent: 0 };
  const last = all.findLast(({ release }) => release?.build === build);
  if (last?.release) return { state: last.ring, percent: shareOf(last.release) / 100 };
  if (all.some(({ release }) => release?.from.includes(build))) return { state: "rolled-back", percent: 0 };
  return { state: all.some(({ offered }) => offered.includes(build)) ? "superseded" : "draft", percent: 0 };
}
