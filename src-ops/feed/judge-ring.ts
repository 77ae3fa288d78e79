import { type Ring, RINGS } from "../../src-shared/license/index.ts";
import { ok } from "../../src-shared/result.ts";
import { EVERYONE, type Release, type Version } from "../../src-shared/updates/index.ts";
import { compareVersions } from "../../src-shared/versions.ts";
import { type Attempt, fail } from "../failure.ts";
import type { Validation } from "../gates/index.ts";
import { activeHalts, type FeedDocuments } from "./documents.ts";
import { judgeResumed, type States } from "./judge-halts.ts";
import type { Keyring } from "./keyring.ts";
import { offersNoNewBuild, onlyLiftsHalts } from "./offer.ts";
import {
  firstStage,
  judgeInternalTargets,
  judgePromotion,
  type PromotionContext,
  ringBefore,
} from "./promotion/index.ts";

/** Two consecutive states of a feed; the later one may not have all signatures yet. */
export type Step = States & {
  /** Judges a promotion's hour, pilots and policy; only the publisher has it. */
  readonly context: PromotionContext | undefined;
};

type Verdict = Attempt<undefined>;
const ACCEPTED = ok(undefined);

/** Judges what a ring runs: a new document of the ring, according to its kind. */
export function judgeRing(step: Step, ring: Ring): Verdict {
  const [old, next] = [step.before.rings[ring].release, step.after.rings[ring].release];
  if (JSON.stringify(old) === JSON.stringify(next)) return ACCEPTED;
  if (!next) return counterNotIncreased(ring);
  const { keyrings } = step;
  const isReplaced = keyrings.after[ring].generation > keyrings.before[ring].generation;
  if (!isReplaced && old && next.seq <= old.seq) return counterNotIncreased(ring);
  const resumed = judgeResumed(step, ring);
  if (!resumed.ok) return resumed;
  if (old && (offersNoNewBuild(old, next) || onlyLiftsHalts(old, next))) return ACCEPTED;
  const isGood = judgeBuilds(step, next);
  if (!isGood.ok) return isGood;
  switch (next.kind) {
    case "forward":
      return judgeForward(step, ring, old, next);
    case "rollback":
      return judgeRollback(step, ring, next);
    case "resume":
      return judgeResume(step, ring, next);
  }
}

/** The conditions for every kind of document: the build is listed, not revoked, and not below the floor. */
function judgeBuilds({ after }: Step, { build, fallback }: Release): Verdict {
  for (const id of fallback === null ? [build] : [build, fallback]) {
    const listed = after.builds.get(id);
    if (!listed) return unknownBuild(id);
    if (after.security.revokedBuilds.includes(id)) {
      return fail("BUILD_REVOKED", `Build ${id} is permanently revoked: choose another.`);
    }
    if (listed.buildEpoch < after.security.buildFloor) {
      const floor = after.security.buildFloor;
      return fail(
        "BUILD_BELOW_FLOOR",
        `Build ${id} has epoch ${listed.buildEpoch}, below the security floor ${floor}.`,
      );
    }
  }
  return ACCEPTED;
}

function judgeForward(step: Step, ring: Ring, old: Release | undefined, next: Release): Verdict {
  const { after, keyrings } = step;
  // A ring without a document cannot lift a halt. Once another ring has lifted its own, such a halt stops that ring alone.
  const isLifted = RINGS.some((name) => namesHaltOf(after.rings[name].release, next.build));
  const halting = RINGS.find((name) => {
    const isAlone = name !== ring && after.rings[name].release === undefined && isLifted;
    return !isAlone && isHaltedIn(after, name, keyrings.after, next.build);
  });
  if (halting) {
    const isEmpty = old === undefined && halting === ring;
    const remedy = isEmpty ? `${ring} runs nothing yet: add --lift-halt and a reason` : "resume it there";
    return fail("BUILD_HALTED", `Build ${next.build} is halted in ${halting}: ${remedy}, or choose another.`);
  }
  if (old && old.build !== next.build && isOlder(step, next.build, old.build)) {
    const remedy = "choose a newer build, or use `vaultctl feed rollback`";
    return fail("BUILD_OLDER", `Build ${next.build} is older than ${old.build}, which ${ring} runs: ${remedy}.`);
  }
  if (old?.from.includes(next.build)) {
    const remedy = "halt and resume it, or build a new version";
    return fail(
      "BUILD_ROLLED_BACK",
      `${ring} was rolled back from build ${next.build}, and its machines remember that: ${remedy}.`,
    );
  }
  return judgeGate(step, ring, old, next);
}

// a build must have passed in the previous ring. A larger share needs a verdict on the smaller share.
function judgeGate({ after, context: terms }: Step, ring: Ring, old: Release | undefined, next: Release): Verdict {
  const previous = ringBefore(ring);
  if (previous === undefined) return terms ? judgeInternalTargets(terms) : ACCEPTED;
  const isNextStage = old?.build === next.build && old.kind !== "rollback";
  const gate = isNextStage ? ring : previous;
  const { validation, offered } = after.rings[gate];
  if (!offered.includes(next.build)) {
    return fail("BUILD_NEVER_OFFERED", `${gate} never had build ${next.build}: it cannot have been observed there.`);
  }
  const isSigned = validation?.build === next.build && validation.verdictHash === next.verdictHash;
  const isPassed = isSigned && isSameVerdict(validation, next);
  const isFresh = !isNextStage || next.verdictHash !== old.verdictHash;
  const isRolledBack = after.rings[gate].release?.from.includes(next.build) === true;
  const watched = isNextStage ? old : after.rings[gate].release;
  if (isPassed && isFresh && !isRolledBack) {
    return terms ? judgePromotion({ ...terms, ring, gate, watched, isNextShare: isNextStage, next }) : ACCEPTED;
  }
  const what = isNextStage ? `its share of ${old.basisPoints / 100} % in ${ring}` : gate;
  const why = isRolledBack
    ? `${gate} was rolled back from build ${next.build}`
    : `There is no signature that build ${next.build} passed ${what}`;
  return fail("RING_NOT_VALIDATED", `${why}: name its new verdict with --verdict, or use \`vaultctl feed validate\`.`);
}

// Two signed documents name the same verdict, so its content must be the same in both.
function isSameVerdict({ verdict, policyHash }: Validation, next: Release): boolean {
  return policyHash === next.policyHash && JSON.stringify(verdict) === JSON.stringify(next.promotion?.verdict);
}

function judgeRollback({ before, after, keyrings }: Step, ring: Ring, next: Release): Verdict {
  if (isHaltedIn(after, ring, keyrings.after, next.build)) {
    return fail("BUILD_HALTED", `Build ${next.build} is halted in ${ring}: choose another, or resume it.`);
  }
  if (before.rings[ring].offered.includes(next.build)) return ACCEPTED;
  return fail(
    "BUILD_NEVER_OFFERED",
    `${next.ring} never had build ${next.build}: a rollback needs a build that the ring had. Promote it instead.`,
  );
}

function judgeResume({ before, after, keyrings, context: terms }: Step, ring: Ring, next: Release): Verdict {
  const isLifted = !isHaltedIn(after, ring, keyrings.after, next.build);
  const { release: old, offered } = before.rings[ring];
  // Halt and resume must not be a way around the gate (for a build that the ring never had) or around a stage.
  const first = terms ? firstStage(ring, terms.policy.policy) : EVERYONE;
  const share = old?.build === next.build && old.kind !== "rollback" ? old.basisPoints : first;
  const isKnown = isHaltedIn(before, ring, keyrings.before, next.build) && offered.includes(next.build);
  if (isKnown && isLifted && next.basisPoints <= share) return ACCEPTED;
  if (isKnown && isLifted) {
    return fail(
      "RING_NOT_VALIDATED",
      `${ring} can resume with at most ${share / 100} %: promote it further afterwards.`,
    );
  }
  return fail("HALT_UNKNOWN", `Build ${next.build} has no active halt in ${ring}: there is nothing to resume.`);
}

function namesHaltOf(release: Release | undefined, build: Release["build"]): boolean {
  return release?.resumed?.some((halt) => halt.build === build) === true;
}

function isHaltedIn(documents: FeedDocuments, ring: Ring, keyring: Keyring, build: Release["build"]): boolean {
  return activeHalts(documents, ring, keyring.halt.generation).some((halt) => halt.build === build);
}

function isOlder({ after }: Step, build: Release["build"], than: Release["build"]): boolean {
  const versions = [after.builds.get(build)?.version, after.builds.get(than)?.version];
  return versions.every((version) => version !== undefined) && compareVersions(...(versions as [Version, Version])) < 0;
}

function unknownBuild(build: string) {
  return fail("BUILD_UNKNOWN", `No build ${build} is listed in this feed: see \`vaultctl feed status\`.`);
}

function counterNotIncreased(ring: Ring) {
  return fail(
    "COUNTER_FALLS",
    `The counter of rings/${ring} would not increase: make the change again from the current feed.`,
  );
}
