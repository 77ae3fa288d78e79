import { RINGS } from "../../src-shared/license/index.ts";
import { ok } from "../../src-shared/result.ts";
import { type Attempt, fail } from "../failure.ts";
import { judgeListing } from "./build-rules.ts";
import { judgeHalts } from "./judge-halts.ts";
import { judgeRing, type Step } from "./judge-ring.ts";
import { offersNoNewBuild, onlyLiftsHalts } from "./offer.ts";
import { ringBefore, warningsOf } from "./promotion/index.ts";

type Verdict = Attempt<undefined>;
const ACCEPTED = ok(undefined);

/** Whether one state of a feed may follow another. Judges every command's change, and every pending change again when it
 * comes back. The requirements of licenses are judged separately (`license-floor.ts`).
 */
export function judgeStep(step: Step): Verdict {
  const checks = [
    () => judgeSecurity(step),
    () => judgeNewBuilds(step),
    ...RINGS.flatMap((ring) => [() => judgeHalts(step, ring), () => judgeRing(step, ring)]),
  ];
  for (const check of checks) {
    const verdict = check();
    if (!verdict.ok) return verdict;
  }
  return ACCEPTED;
}

/** Warnings about a change that is not refused: whether a better time for it exists. */
export function warningsOn({ before, after, context: terms }: Step): readonly string[] {
  const isPromotion = RINGS.some((ring) => {
    const [old, next] = [before.rings[ring].release, after.rings[ring].release];
    if (ringBefore(ring) === undefined || next?.kind !== "forward") return false;
    return !old || !(offersNoNewBuild(old, next) || onlyLiftsHalts(old, next));
  });
  return isPromotion && terms ? warningsOf(terms) : [];
}

function judgeSecurity({ before, after, keyrings }: Step): Verdict {
  const [old, next] = [before.security, after.security];
  if (JSON.stringify(old) === JSON.stringify(next)) return ACCEPTED;
  const lost = old.revokedBuilds.find((build) => !next.revokedBuilds.includes(build));
  if (next.buildFloor < old.buildFloor || lost !== undefined) {
    return fail("FLOOR_FALLS", "The security floor cannot be lowered, and a revoked build stays revoked.");
  }
  // The halts of a key become void when that key is replaced, never ahead of time.
  const isVoiding = next.haltGeneration !== old.haltGeneration;
  const halt = { before: keyrings.before.halt.generation, after: keyrings.after.halt.generation };
  if (isVoiding && (next.haltGeneration !== halt.after || halt.after === halt.before)) {
    return fail("FLOOR_FALLS", "Halts can be declared void only together with the replacement of their key.");
  }
  const isReplaced = keyrings.after.targets.generation > keyrings.before.targets.generation;
  return isReplaced || next.seq > old.seq ? ACCEPTED : counterNotIncreased();
}

function judgeNewBuilds({ before, after }: Step): Verdict {
  for (const build of after.builds.values()) {
    const listing = before.builds.has(build.id) ? ACCEPTED : judgeListing(build, after.builds);
    if (!listing.ok) return listing;
  }
  return ACCEPTED;
}

function counterNotIncreased() {
  return fail(
    "COUNTER_FALLS",
    "The counter of security.json would not increase: make the change again from the current feed.",
  );
}
