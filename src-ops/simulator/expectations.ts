import { medianOf, shareAtLeast, shareAtMost } from "../gates/index.ts";
import type { Expected } from "./scenario-schema.ts";
import { type FleetOutcome, type GateShares, summaryOf } from "./summary.ts";

/** An expectation of a scenario that its figure does not meet. */
export type Missed = {
  readonly expectation: string;
  readonly expected: number;
  readonly measured: number | null;
  /** Chance does not explain it. */
  readonly isCertain: boolean;
};

type Bound = { readonly name: string; readonly limit: number; readonly share: number };

/**
 * Compares figures with what the scenario expects. A share is missed for certain if even its exact interval, which contains
 * the true share with this confidence on each side, lies beyond the expectation.
 */
export function missedExpectations(
  expected: Expected,
  outcomes: readonly FleetOutcome[],
  confidence = 0.975,
): readonly Missed[] {
  const { fleets, passed, halted, heldBy, haltedBy, foundBy } = summaryOf(outcomes);
  const least: Bound[] = [
    ...bound("passAtLeast", expected.passAtLeast, passed),
    ...bound("haltAtLeast", expected.haltAtLeast, halted),
    ...boundsOf("heldBy", expected.heldBy, heldBy),
    ...boundsOf("haltedBy", expected.haltedBy, haltedBy),
    ...boundsOf("foundBy", expected.foundBy, foundBy),
  ];
  const most: Bound[] = [
    ...bound("passAtMost", expected.passAtMost, passed),
    ...bound("haltAtMost", expected.haltAtMost, halted),
    ...boundsOf("foundAtMost", expected.foundAtMost, foundBy),
  ];
  const missed = (bounds: readonly Bound[], isMissed: (one: Bound) => boolean, isCertain: (one: Bound) => boolean) =>
    bounds.filter(isMissed).map((one): Missed => {
      return { expectation: one.name, expected: one.limit, measured: one.share, isCertain: isCertain(one) };
    });
  const eventsOf = ({ share }: Bound) => Math.round(share * fleets);
  return [
    ...missed(
      least,
      ({ share, limit }) => share < limit,
      (one) => shareAtMost(eventsOf(one), fleets, confidence) < one.limit,
    ),
    ...missed(
      most,
      ({ share, limit }) => share > limit,
      (one) => shareAtLeast(eventsOf(one), fleets, confidence) > one.limit,
    ),
    ...hours("medianHoursToPassAtMost", expected.medianHoursToPassAtMost, outcomes, "passedAt", confidence),
    ...hours("medianHoursToHaltAtMost", expected.medianHoursToHaltAtMost, outcomes, "haltedAt", confidence),
  ];
}

function bound(name: string, limit: number | undefined, share: number): Bound[] {
  return limit === undefined ? [] : [{ name, limit, share }];
}

function boundsOf(name: string, limits: Readonly<Record<string, number>> | undefined, shares: GateShares): Bound[] {
  const known: Readonly<Record<string, number>> = shares;
  return Object.entries(limits ?? {}).map(([gate, limit]) => ({
    name: `${name} ${gate}`,
    limit,
    share: known[gate] ?? 0,
  }));
}

// Chance does not explain a median above the limit if clearly less than half of the fleets were within it.
function hours(
  name: string,
  limit: number | undefined,
  outcomes: readonly FleetOutcome[],
  at: "passedAt" | "haltedAt",
  confidence: number,
): Missed[] {
  const times = outcomes.flatMap((outcome) => outcome[at] ?? []);
  const measured = medianOf(times);
  if (limit === undefined || measured === null || measured <= limit) return [];
  const within = times.filter((time) => time <= limit).length;
  const isCertain = shareAtMost(within, times.length, confidence) < 0.5;
  return [{ expectation: name, expected: limit, measured, isCertain }];
}
