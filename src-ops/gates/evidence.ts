// Evidence that may be looked at as often as anyone likes (docs/formats/ring-policy.md, "Evidence at any time"). An e-value
// is a likelihood ratio, or a mean of several that was fixed before the data came: if the hypothesis against which it speaks
// is true, it ever reaches 20 with a probability of at most 1 in 20 (Ville 1939).

/** How many of how many failed. */
export type Sample = { readonly failed: number; readonly of: number };

// The better share that is compared with a limit, and the worse ones: fractions and multiples of the limit. Of the fractions,
// a quarter lets most releases with a fifth of the allowed failures pass within a week of ten computers.
const BETTER = 0.25;
const WORSE = [2, 4, 10, 30, 100] as const;
/** How many times more failures than before, or than elsewhere, are looked for. */
const RATIOS = [2, 3, 5, 10, 30] as const;

/** Larger e-values say the same. They stay finite, so that they can be written as JSON. */
export const MOST_EVIDENCE = 1e6;

/** How much more likely these failures are if the share is a quarter of `limit`, than if it is `limit` or more. */
export function evidenceFor(sample: Sample, limit: number): number {
  return capped(likelihoodRatio(sample, limit * BETTER, limit));
}

/** How much more likely these failures are if the share is one of the worse ones, than if it is `limit` or less. */
export function evidenceAgainst(sample: Sample, limit: number): number {
  return evidenceTest(limit)(sample);
}

/** The same, for many samples. */
export function evidenceTest(limit: number): (sample: Sample) => number {
  const ratios = worseThan(limit).map((share) => logLikelihoodRatio(share, limit));
  return (sample) => capped(meanOf(ratios, (ratio) => Math.exp(ratio(sample))));
}

/** The shares that speak against a limit: a component of `evidenceAgainst` each. */
export function worseThan(limit: number): readonly number[] {
  return WORSE.map((factor) => Math.min(0.99, limit * factor));
}

/** The logarithm of the likelihood ratio of two shares, for many samples. */
export function logLikelihoodRatio(share: number, limit: number): (sample: Sample) => number {
  const [ofFailure, ofSuccess] = [Math.log(share / limit), Math.log((1 - share) / (1 - limit))];
  return ({ failed, of }) => failed * ofFailure + (of - failed) * ofSuccess;
}

const likelihoodRatio = (sample: Sample, share: number, limit: number) =>
  Math.exp(logLikelihoodRatio(share, limit)(sample));

/** The largest share that this evidence does not exclude, whenever one looks: it is below a limit exactly when
 * `evidenceFor` that limit reaches `needed`.
 */
export function shareAtMostAlways({ failed, of }: Sample, needed: number): number {
  if (of <= 0 || failed >= of) return 1;
  return bisect((share) => evidenceFor({ failed, of }, share) >= needed, failed / of, 1);
}

/** The smallest share that this evidence does not exclude, whenever one looks. */
export function shareAtLeastAlways({ failed, of }: Sample, needed: number): number {
  if (failed <= 0) return 0;
  return bisect((share) => evidenceAgainst({ failed, of }, share) < needed, 0, failed / of);
}

/** How many operations, with this number of failures, prove that the share is below the limit. */
export function operationsNeeded(failed: number, limit: number, needed: number): number {
  const isEnough = (of: number) => evidenceFor({ failed, of }, limit) >= needed;
  let [short, enough] = [failed, Math.max(2 * failed, 16)];
  while (!isEnough(enough)) [short, enough] = [enough, enough * 2];
  while (enough - short > 1) {
    const middle = Math.floor((short + enough) / 2);
    if (isEnough(middle)) enough = middle;
    else short = middle;
  }
  return enough;
}

/** The logarithm of the likelihood ratio of `factor` times the rate to the rate itself, of so many events in this time. */
export function logRateRatio(events: number, expected: number, factor: number): number {
  return events * Math.log(factor) - (factor - 1) * expected;
}

export const RATE_FACTORS = [3, 10, 30, 100] as const;

/**
 * Evidence that failures are more frequent than before. The rate before is unknown: it is integrated out with Jeffreys'
 * prior, so few failures before do not count as a rate that is known exactly.
 */
export function evidenceOfIncrease(before: Sample, now: Sample): number {
  if (before.of <= 0 || now.of <= 0) return 1;
  const events = before.failed + now.failed + 0.5;
  return capped(
    meanOf(RATIOS, (ratio) =>
      Math.exp(now.failed * Math.log(ratio) + events * Math.log((before.of + now.of) / (before.of + ratio * now.of))),
    ),
  );
}

/** Computers of two groups that had not failed before some day, and how many of them then did. */
export type AtRisk = {
  readonly share: { readonly computers: number; readonly failing: number };
  readonly rest: { readonly computers: number; readonly failing: number };
};

/**
 * Evidence that computers with the release begin to fail more often than those without it, day after day (the safe logrank
 * test, Ter Schure et al. 2020). A computer counts once, whatever number of failures it has: failures cluster.
 */
export function evidenceAgainstShare(days: readonly AtRisk[]): number {
  return capped(meanOf(RATIOS, (ratio) => Math.exp(days.reduce((sum, day) => sum + logrankStep(day, ratio), 0))));
}

function logrankStep({ share, rest }: AtRisk, ratio: number): number {
  if (share.computers === 0 || rest.computers === 0) return 0;
  let [inShare, inRest, log] = [share.computers, rest.computers, 0];
  // Within a day the order is unknown; this one mixes the two groups evenly.
  let [failing, others] = [share.failing, rest.failing];
  while (failing + others > 0) {
    const isInShare = failing * rest.failing >= others * share.failing && failing > 0;
    const total = inShare + inRest;
    const weighted = ratio * inShare + inRest;
    log += Math.log((isInShare ? ratio : 1) * (total / weighted));
    if (isInShare) [failing, inShare] = [failing - 1, inShare - 1];
    else [others, inRest] = [others - 1, inRest - 1];
  }
  return log;
}

/** Evidence that more than `allowed` of the values exceed what only a few exceeded before. */
export function evidenceOfSlower(sample: Sample, allowed: number): number {
  const shares = [2, 3.5, 4.75].map((factor) => Math.min(0.99, factor * allowed));
  return capped(meanOf(shares, (share) => likelihoodRatio(sample, share, allowed)));
}

function meanOf<T>(all: readonly T[], value: (one: T) => number): number {
  return all.reduce((sum, one) => sum + value(one), 0) / all.length;
}

export const capped = (evidence: number) => Math.min(evidence, MOST_EVIDENCE);

// Finds by bisection the point from which a condition holds.
function bisect(holds: (at: number) => boolean, from: number, to: number): number {
  let [low, high] = [from, to];
  for (let step = 0; step < 100 && high - low > 1e-12 * high; step++) {
    const middle = (low + high) / 2;
    if (holds(middle)) high = middle;
    else low = middle;
  }
  return high;
}
