import type { NextStep, ReleaseStates, RingProgress } from "../feed/index.ts";
import type { Deadline } from "../server/index.ts";
import { formatDate, formatDuration } from "../formatting.ts";
import type { UnixMs } from "../../src-shared/units.ts";

/** Describes the state of each ring and each build, and the possible next step. */
export function describeProgress({ rings, builds }: ReleaseStates): readonly string[] {
  const named = builds.map(({ build, state, percent }) => `${build} ${state}${percent > 0 ? ` ${percent} %` : ""}`);
  return [...rings.flatMap(describeRing), `Builds: ${named.join(", ") || "none"}`];
}

function describeRing({
  ring,
  build,
  state,
  percent,
  since,
  observationLeft,
  next,
  promotion,
}: RingProgress): string[] {
  if (build === undefined || since === undefined) return [`${ring.padEnd(6)} is empty; next: ${describeNext(next)}`];
  const left = observationLeft > 0 ? `, ${formatDuration(observationLeft)} of the observation left` : "";
  const lane = promotion?.lane === undefined ? [] : [`       hotfix lane ${promotion.lane}`];
  const overrides = promotion?.overrides.map(({ code, reason }) => `       override: ${code}, ${reason}`) ?? [];
  return [
    `${ring.padEnd(6)} ${state} ${build} for ${percent} % since ${formatDate(since)}${left}; next: ${describeNext(next)}`,
    ...lane,
    ...overrides,
  ];
}

function describeNext(next: NextStep): string {
  switch (next.kind) {
    case "release":
      return "release a build into ring0";
    case "watch":
      return `observe until ${formatDate(next.until)}`;
    case "promote":
      return `promote into ${next.to} at ${next.basisPoints / 100} %, with a verdict that passes`;
    case "decide":
      return "roll back, or resume with a reason";
    case "fix":
      return "release a fix into ring0";
    case "done":
      return "nothing";
  }
}

/** Describes what people must still do about incidents, and the deadlines. */
export function describeDeadlines(deadlines: readonly Deadline[], now: UnixMs): readonly string[] {
  return deadlines.flatMap(({ incident, what, until, doneAt }) => {
    if (doneAt !== null) return [];
    const by = formatDate(Math.floor(until / 1_000));
    return [now >= until ? `LATE: ${incident} had to be ${what} by ${by}` : `${incident} must be ${what} by ${by}`];
  });
}
