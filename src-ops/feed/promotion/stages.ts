import type { Ring } from "../../../src-shared/license/index.ts";
import type { Policy } from "../../gates/index.ts";
import { EVERYONE, type Release } from "../../../src-shared/updates/index.ts";

const BEFORE: Readonly<Record<Ring, Ring | undefined>> = { ring0: undefined, ring1: "ring0", ga: "ring1" };

/** The ring in which a build has to pass before this one may have it. */
export function ringBefore(ring: Ring): Ring | undefined {
  return BEFORE[ring];
}

// the shares of everyone, each after a verdict on the one before. The other rings are small: all at once.
function sharesOf(ring: Ring, { promotion }: Policy): readonly number[] {
  return ring === "ga" ? promotion.stages.map(({ basisPoints }) => basisPoints) : [EVERYONE];
}

/** The smallest share with which a build begins in a ring, in basis points. */
export function firstStage(ring: Ring, policy: Policy): number {
  return sharesOf(ring, policy)[0] ?? EVERYONE;
}

/** The next larger share in a ring, in basis points. */
export function stageAfter(ring: Ring, share: number, policy: Policy): number {
  return sharesOf(ring, policy).find((stage) => stage > share) ?? EVERYONE;
}

/** Whom a document reaches: what is critical no share holds back. */
export function shareOf({ critical, basisPoints }: Pick<Release, "critical" | "basisPoints">): number {
  return critical ? EVERYONE : basisPoints;
}

/** Hours for which a build is watched in a ring, at this share, before it may go further. */
export function hoursWatched(ring: Ring, share: number, policy: Policy): number {
  if (ring !== "ga") return policy.rings[ring].hours;
  const { stages } = policy.promotion;
  const stage = stages.findLast(({ basisPoints }) => basisPoints <= share) ?? stages[0];
  return stage?.hours ?? 0;
}
