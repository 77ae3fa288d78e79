/** Reproducible random numbers: the same seed gives the same numbers on every machine. */
export type RandomSource = {
  /** A number from 0 (included) to 1 (excluded). */
  readonly share: () => number;
  /** A Poisson-distributed number of events with this mean (Knuth's method, for small means). */
  readonly count: (mean: number) => number;
  /** The number of successful trials before the first failure, if each fails with probability `share`. */
  readonly successes: (share: number) => number;
  /** A value around `median`, never negative: the logarithm has this standard deviation. */
  readonly around: (median: number, spread: number) => number;
  /** A normally distributed value with mean 0 and standard deviation 1. */
  readonly normal: () => number;
  /** An exponentially distributed waiting time with this mean. */
  readonly wait: (mean: number) => number;
};

/** Doty-Humphrey's sfc32, seeded with two numbers. */
export function randomSourceOf(seed: number, number: number): RandomSource {
  let [a, b, c, counter] = [seed | 0, number | 0, (seed / 2 ** 32) | 0, 1];
  function share(): number {
    const sum = (((a + b) | 0) + counter) | 0;
    counter = (counter + 1) | 0;
    a = b ^ (b >>> 9);
    b = (c + (c << 3)) | 0;
    c = ((c << 21) | (c >>> 11)) + sum;
    return (sum >>> 0) / 2 ** 32;
  }
  // The first numbers still depend visibly on the seed.
  for (let round = 0; round < 15; round++) share();
  // Box and Muller (1958).
  const normal = () => Math.sqrt(-2 * Math.log(1 - share())) * Math.cos(2 * Math.PI * share());
  return {
    share,
    normal,
    around: (median, spread) => (spread === 0 ? median : median * Math.exp(spread * normal())),
    count(mean) {
      const limit = Math.exp(-mean);
      let [product, count] = [share(), 0];
      for (; product > limit; count++) product *= share();
      return count;
    },
    successes: (failing) => (failing <= 0 ? Infinity : Math.floor(Math.log(1 - share()) / Math.log1p(-failing))),
    wait: (mean) => (mean <= 0 ? 0 : -Math.log(1 - share()) * mean),
  };
}
