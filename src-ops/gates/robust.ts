import type { Sample } from "./evidence.ts";
import type { Counters } from "./facts.ts";

// One computer may report anything: its user can patch the app, or its stick can be damaged. These functions limit what a
// few computers can do to a number of the whole ring (docs/formats/ring-policy.md, "One computer does not decide").

/**
 * Splits computers by how much each speaks against the release. If a number of the ring has to halt with `middle`, then
 * `needed` computers agree: `needed - 1` of them can neither cause nor hide it. If it would not even halt with `doubtful`,
 * no `needed - 1` other computers could have made it halt, whatever they had reported.
 *
 *     least against ──────────────────────────────▶ most against
 *     [ hidden by liars ][        middle         ][ needed - 1 ]
 *     [     twice as many     ][          doubtful             ]
 */
export function splitComputers<T>(
  computers: readonly T[],
  against: (computer: T) => number,
  needed: number,
): { readonly middle: readonly T[]; readonly doubtful: readonly T[] } {
  const worst = needed - 1;
  if (worst === 0) return { middle: computers, doubtful: computers };
  const sorted = computers.toSorted((a, b) => against(a) - against(b));
  // In a small ring, a halt by all of its computers comes before the protection of the halt against a liar.
  const best = Math.max(0, Math.min(worst, sorted.length - needed));
  return {
    middle: sorted.slice(best, Math.max(best, sorted.length - worst)),
    doubtful: sorted.slice(Math.max(0, Math.min(best + worst, sorted.length - 1))),
  };
}

export function sumOf(samples: readonly Sample[]): Sample {
  let [failed, of] = [0, 0];
  for (const sample of samples) {
    failed += sample.failed;
    of += sample.of;
  }
  return { failed, of };
}

/** A limit that halts a release. `against` must be linear: for a sum of samples, the sum of its values. */
export type HaltingLimit = {
  readonly against: (sample: Sample) => number;
  readonly isOver: (sample: Sample) => boolean;
  /** A smaller sample proves nothing. */
  readonly least: number;
};

/** `hold`: the limit would be exceeded without the computers that speak for the release most, so it does not pass. */
export function judgeByMany(
  reported: readonly Sample[],
  { against, isOver, least }: HaltingLimit,
  needed: number,
  ringSize: number,
): { readonly outcome: "pass" | "hold" | "halt"; readonly sample: Sample } {
  // Silent computers count too: otherwise a liar could change the size of the ring by a first report.
  const silent = Array.from({ length: Math.max(0, ringSize - reported.length) }, () => ({ failed: 0, of: 0 }));
  const computers = needed === 1 ? reported : [...reported, ...silent];
  const { middle, doubtful } = splitComputers(computers, against, needed);
  const sample = sumOf(middle);
  const all = sumOf(computers).of;
  if (isOver(sample) && all - largest(computers, needed - 1) >= least) return { outcome: "halt", sample };
  return { outcome: isOver(sumOf(doubtful)) && all >= least ? "hold" : "pass", sample };
}

function largest(computers: readonly Sample[], count: number): number {
  if (count === 0) return 0;
  const sizes = computers.map(({ of }) => of).toSorted((a, b) => b - a);
  return sizes.slice(0, count).reduce((sum, size) => sum + size, 0);
}

type Computers = readonly { readonly counts: Counters }[];

/** The sum of one count of all these computers. */
export function totalOf(computers: Computers, name: keyof Counters): number {
  let total = 0;
  for (const { counts } of computers) total += counts[name];
  return total;
}

export type Exposure = "operations" | "attempts" | "starts" | "verdicts" | "uptimeMs";

/**
 * How much these computers have done, if none counts for more than `weight` times the median one: a computer that claims
 * very much must not drown the failures of the others.
 */
export function exposureOf(computers: Computers, of: Exposure, weight: number): number {
  let [total, least, most] = [0, Infinity, 0];
  for (const { counts } of computers) {
    const size = counts[of];
    if (size <= 0) continue;
    total += size;
    least = Math.min(least, size);
    most = Math.max(most, size);
  }
  // Almost always: then no order is needed.
  if (most <= weight * least) return total;
  const sizes = computers.flatMap(({ counts }) => (counts[of] > 0 ? [counts[of]] : [])).toSorted((a, b) => a - b);
  // The lower one of the two in the middle: of two computers, one that claims much must not raise its own limit.
  const median = sizes[(sizes.length - 1) >> 1] as number;
  return sizes.reduce((sum, size) => sum + Math.min(size, weight * median), 0);
}
