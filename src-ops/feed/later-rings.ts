import { type Ring, RINGS } from "../../src-shared/license/index.ts";
import { type BuildId, EVERYONE } from "../../src-shared/updates/index.ts";
import type { UnixSeconds } from "../../src-shared/units.ts";
import type { RingStatus, SignedState } from "./status.ts";

/**
 * The rings after this one that still offer the build, as their release or as the build outside its share. A ring is left
 * out if its people resumed the build, or went back to it, after this ring had halted it.
 */
export function laterRingsOffering({ rings }: Pick<SignedState, "rings">, ring: Ring, build: BuildId): readonly Ring[] {
  const haltedAt = rings[ring].halts.find((halt) => halt.build === build)?.issued ?? Infinity;
  return RINGS.slice(RINGS.indexOf(ring) + 1).filter((later) => stillOffers(rings[later], build, haltedAt));
}

function stillOffers({ release, halts }: RingStatus, build: BuildId, haltedAt: UnixSeconds): boolean {
  if (!release || halts.some((halt) => halt.build === build)) return false;
  if (release.build !== build) return release.fallback === build && release.basisPoints < EVERYONE;
  const isChosenAgain = release.kind !== "forward" && (release.promotion?.at ?? release.issued) > haltedAt;
  return !isChosenAgain;
}
