import { MAX_RESUMED } from "../../src-shared/limits.ts";
import type { HaltReference, Release } from "../../src-shared/updates/index.ts";

/** Whether nobody gets another build: a changed flag, a new reason, a smaller share or a new generation is always possible. */
export function offersNoNewBuild(old: Release, next: Release): boolean {
  return isSameOffer(old, next) && JSON.stringify(old.resumed) === JSON.stringify(next.resumed);
}

/** Whether a document offers what the one before it does, and lifts further halts. Which ones it may lift: `judgeResumed`. */
export function onlyLiftsHalts(old: Release, next: Release): boolean {
  const lifted = next.resumed ?? [];
  const isKept = (old.resumed ?? []).every(({ build }) => lifted.some((halt) => halt.build === build));
  return isSameOffer(old, next) && (isKept || lifted.length === MAX_RESUMED);
}

/** The halts that a ring has lifted, with this one: the latest that a document can hold, and that of its own build. */
export function resumedWith({ build, resumed = [] }: Release, halt: HaltReference): readonly HaltReference[] {
  const kept = resumed.filter((lifted) => lifted.build !== halt.build);
  // A resumed build needs the entry of its own halt, however many come after it.
  const own = kept.filter((lifted) => lifted.build === build);
  const others = kept.filter((lifted) => lifted.build !== build);
  return [...others, ...own, halt].slice(-MAX_RESUMED);
}

function isSameOffer(old: Release, next: Release): boolean {
  return offerOf(old) === offerOf(next) && next.basisPoints <= old.basisPoints;
}

function offerOf({ kind, build, from, fallback, critical, minSource, promotion }: Release): string {
  return JSON.stringify([kind, build, from, fallback, critical, minSource, promotion]);
}
