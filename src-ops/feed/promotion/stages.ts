import type { Ring } from "../../../src-shared/license/index.ts";
import type { Policy } from "../../gates/index.ts";
import { EVERYONE, type Release } from "../../../src-shared/updates/index.ts";

const BEFORE: Readonly<Record<Ring, Ring | undefined>> = { ring0: undefined, ring1: "ring0", ga: "ring1" };

/** The ring in which a build must pass before it may enter this one. */
export function ringBefore(ring: Ring): Ring | undefined {
  return BEFORE[ring];
}

// ga is reached in growing shares, each after a verdict on the previous one. The other rings are small: one step.
function sharesOf(ring: Ring, { promotion }: Policy): readonly number[] {
  return ring === "ga" ? promotion.stages.map(({ basisPoints }) => basisPoints) : [EVERYONE];
}

/** The first share of a build in a ring, in basis points. */
export function firstStage(ring: Ring, policy: Policy): number {
  return sharesOf(ring, policy)[0] ?? EVERYONE;
}

/** The next larger share in a ring, in basis points. */
export function stageAfter(ring: Ring, share: number, policy: Policy): number {
  return sharesOf(ring, policy).find((stage) => stage > share) ?? EVERYONE;
}

/** The share of machines that a document reaches, in basis points: all if the release is critical. */
export function shareOf({ critical, basisPoints }: Pick<Release, "critical" | "basisPoints">): number {
  return critical ? EVERYONE : basisPoints;
}

/** The hours for which a build is observed in a ring at this share before it may be promoted. */
export function observationHours(ring: Ring, share: number, policy: Policy): number {
  if (ring !== "ga") return policy.rings[ring].hours;
  const { stages } = policy.promotion;
  const stage = stages.findLast(({ basisPoints }) => basisPoints <= share) ?? stages[0];
  return stage?.hours ?? 0;
}
