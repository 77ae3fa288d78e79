import { capped, type Sample } from "./evidence.ts";
import type { DayOperations } from "./facts.ts";

/** A way in which a release can be bad, as the logarithm of its likelihood ratio to a release at the limit. */
export type Component = (sample: Sample) => number;

export type HaltingTest = {
  readonly components: readonly Component[];
  /** What fails, and of how many. */
  readonly sampleOf: (day: DayOperations) => Sample;
  /** The evidence that halts. */
  readonly needed: number;
  /** How many days a release is watched at most. */
  readonly horizon: number;
  /** How many computers have to agree. */
  readonly computers: number;
  readonly ringSize: number;
};

/**
 * Tests at any time whether a release must be halted. A fault may begin on any day, so the test begins again each day, and
 * its evidence is the mean over all days of the horizon: the mean of e-values is an e-value.
 *
 * With k computers that have to agree, the k - 1 that speak most against the release and the k - 1 that speak most for it
 * are left out, for each component by itself. So no k - 1 computers can cause a halt or prevent it; they can only make the
 * gate hold.
 */
export function haltingEvidence(days: readonly DayOperations[], test: HaltingTest) {
  const { components, sampleOf, horizon, computers: k, ringSize } = test;
  const byDay = [...Map.groupBy(days, ({ day }) => day)].toSorted(([a], [b]) => b - a);
  const samples = new Map<string, { failed: number; of: number }>();
  let [middle, doubtful] = [0, 0];
  for (const [, ofDay] of byDay) {
    for (const one of ofDay) {
      const { failed, of } = sampleOf(one);
      const sum = samples.get(one.machine) ?? { failed: 0, of: 0 };
      samples.set(one.machine, sum);
      sum.failed += failed;
      sum.of += of;
    }
    const known = [...samples.values()];
    for (const component of components) {
      const parts = splitSum(known.map(component), k, ringSize);
      middle += Math.exp(parts.middle) / components.length;
      doubtful += Math.exp(parts.doubtful) / components.length;
    }
  }
  const length = Math.max(horizon, byDay.length);
  const overall = (sum: number) => capped((sum + length - byDay.length) / length);
  const evidence = { middle: overall(middle), doubtful: overall(doubtful) };
  const outcome = evidence.middle >= test.needed ? "halt" : evidence.doubtful >= test.needed ? "hold" : "pass";
  return { outcome, evidence: evidence.middle } as const;
}

/** The sum without what few computers say, and the one that they could not have lowered; silent computers say nothing. */
function splitSum(logs: readonly number[], k: number, ringSize: number) {
  const worst = k - 1;
  if (worst === 0) {
    const sum = logs.reduce((total, log) => total + log, 0);
    return { middle: sum, doubtful: sum };
  }
  const silent = Math.max(0, ringSize - logs.length);
  const sorted = Float64Array.from([...logs, ...Array.from({ length: silent }, () => 0)]).toSorted();
  // In a small ring, a halt by all of its computers comes before the protection of the halt against a liar.
  const best = Math.max(0, Math.min(worst, sorted.length - k));
  const sumOf = (from: number, to: number) => sorted.slice(from, Math.max(from, to)).reduce((sum, log) => sum + log, 0);
  return {
    middle: sumOf(best, sorted.length - worst),
    doubtful: sumOf(Math.max(0, Math.min(best + worst, sorted.length - 1)), sorted.length),
  };
}
