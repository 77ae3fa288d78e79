// Exact bounds for small rings (docs/formats/ring-policy.md): no normal approximation, which would be too
// optimistic for samples without failures.

/** The probability of at most `events` of `of`, each with probability `share`. */
export function binomialAtMost(events: number, of: number, share: number): number {
  if (events >= of) return 1;
  if (share <= 0) return 1;
  if (share >= 1) return 0;
  if (events === 0) return Math.exp(of * Math.log1p(-share));
  return regularizedBeta(of - events, events + 1, 1 - share);
}

/**
 * The largest share that `events` of `of` do not exclude (Clopper and Pearson 1934, one-sided).
 *
 * @param confidence such as 0.95
 */
export function shareAtMost(events: number, of: number, confidence: number): number {
  if (events >= of) return 1;
  return bisect((share) => binomialAtMost(events, of, share) <= 1 - confidence, 0, 1);
}

/** The smallest share that `events` of `of` do not exclude, one-sided. */
export function shareAtLeast(events: number, of: number, confidence: number): number {
  if (events <= 0) return 0;
  return bisect((share) => 1 - binomialAtMost(events - 1, of, share) > 1 - confidence, 0, 1);
}

// Finds by bisection the point from which a condition holds.
function bisect(holds: (at: number) => boolean, from: number, to: number): number {
  let [low, high] = [from, to];
  for (let step = 0; step < 100 && high - low > 1e-15 * high; step++) {
    const middle = (low + high) / 2;
    if (holds(middle)) high = middle;
    else low = middle;
  }
  return high;
}

// The regularized incomplete beta function I_x(a, b), by its continued fraction (DLMF 8.17.22) with Lentz's method.
function regularizedBeta(a: number, b: number, x: number): number {
  const front = Math.exp(a * Math.log(x) + b * Math.log1p(-x) + logGamma(a + b) - logGamma(a) - logGamma(b));
  // The fraction converges quickly only in this half of the range; the other half uses the symmetry relation.
  const isLowHalf = x < (a + 1) / (a + b + 2);
  return isLowHalf ? (front * fraction(a, b, x)) / a : 1 - (front * fraction(b, a, 1 - x)) / b;
}

const TINY = 1e-300;
const MAX_TERMS = 100_000;

function fraction(a: number, b: number, x: number): number {
  let c = 1;
  let d = 1 / awayFromZero(1 - ((a + b) * x) / (a + 1));
  let value = d;
  for (let m = 1; m < MAX_TERMS; m++) {
    const even = (m * (b - m) * x) / ((a + 2 * m - 1) * (a + 2 * m));
    d = 1 / awayFromZero(1 + even * d);
    c = awayFromZero(1 + even / c);
    value *= d * c;
    const odd = (-(a + m) * (a + b + m) * x) / ((a + 2 * m) * (a + 2 * m + 1));
    d = 1 / awayFromZero(1 + odd * d);
    c = awayFromZero(1 + odd / c);
    value *= d * c;
    if (Math.abs(d * c - 1) < 1e-15) break;
  }
  return value;
}

function awayFromZero(value: number): number {
  return Math.abs(value) < TINY ? TINY : value;
}

// Stirling's series (DLMF 5.11.1) from 16 up, where six terms reach the precision of a double; below by the recurrence.
function logGamma(x: number): number {
  let [product, at] = [1, x];
  for (; at < 16; at++) product *= at;
  const inverse = 1 / at;
  const square = inverse * inverse;
  const series =
    inverse *
    (1 / 12 -
      square * (1 / 360 - square * (1 / 1260 - square * (1 / 1680 - square * (1 / 1188 - (square * 691) / 360_360)))));
  return (at - 0.5) * Math.log(at) - at + Math.log(2 * Math.PI) / 2 + series - Math.log(product);
}

/** The median; `null` if there are no values. */
export function medianOf(values: readonly number[]): number | null {
  const sorted = values.toSorted((a, b) => a - b);
  const middle = sorted.length >> 1;
  const upper = sorted[middle];
  if (upper === undefined) return null;
  return sorted.length % 2 === 1 ? upper : (upper + (sorted[middle - 1] as number)) / 2;
}

/** The smallest value that at least `share` of the values do not exceed; `null` if there are none. */
export function quantileOf(values: readonly number[], share: number): number | null {
  const sorted = values.toSorted((a, b) => a - b);
  return sorted[Math.max(0, Math.ceil(share * sorted.length - 1e-9) - 1)] ?? null;
}
