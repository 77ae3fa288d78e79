import type { NextStep, ReleaseStates, RingProgress } from "../feed/index.ts";
import type { Deadline } from "../server/index.ts";
import { formatDate, formatDuration } from "../formatting.ts";
import type { UnixMs } from "../../src-shared/units.ts";

/** Where each ring and each build is, and what may be done next, in words. */
export function describeProgress({ rings, builds }: ReleaseStates): readonly string[] {
  const named = builds.map(({ build, state, percent }) => `${build} ${state}${percent > 0 ? ` ${percent} %` : ""}`);
  return [...rings.flatMap(ringWords), `Builds: ${named.join(", ") || "none"}`];
}

function ringWords({ ring, build, state, percent, since, observationLeft, next, promotion }: RingProgress): string[] {
  if (build === undefined || since === undefined) return [`${ring.padEnd(6)} is empty; next: ${nextWords(next)}`];
  const left = observationLeft > 0 ? `, ${formatDuration(observationLeft)} of its watch left` : "";
  const lane = promotion?.lane === undefined ? [] : [`       hotfix lane ${promotion.lane}`];
  const overrides = promotion?.overrides.map(({ code, reason }) => `       set aside: ${code}, ${reason}`) ?? [];
  return [
    `${ring.padEnd(6)} ${state} ${build} for ${percent} % since ${formatDate(since)}${left}; next: ${nextWords(next)}`,
    ...lane,
    ...overrides,
  ];
}

function nextWords(next: NextStep): string {
  switch (next.kind) {
    case "release":
      return "release a build into ring0";
    case "watch":
      return `watch until ${formatDate(next.until)}`;
    case "promote":
      return `promote into ${next.to} at ${next.basisPoints / 100} %, on a verdict that passes`;
    case "decide":
      return "roll back, or resume with a reason";
    case "fix":
      return "a fix begins in ring0";
    case "done":
      return "nothing";
  }
}

/** What people still have to do about incidents, and by when. */
export function describeDeadlines(deadlines: readonly Deadline[], now: UnixMs): readonly string[] {
  return deadlines.flatMap(({ incident, what, until, doneAt }) => {
    if (doneAt !== null) return [];
    const by = formatDate(Math.floor(until / 1_000));
    return [now >= until ? `LATE: ${incident} had to be ${what} by ${by}` : `${incident}: to be ${what} by ${by}`];
  });
}
