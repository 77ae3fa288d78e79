/** Two failure rates to distinguish, and the allowed error probability for each. */
export type SequentialTest = {
  readonly good: number;
  readonly bad: number;
  /** The allowed probability of halting a good release. */
  readonly falseAlarm: number;
  /** The allowed probability of missing a bad release. */
  readonly missed: number;
};

/** The logarithm of the likelihood ratio of the bad rate to the good one. */
export function evidenceAgainst(failed: number, operations: number, { good, bad }: SequentialTest): number {
  return failed * Math.log(bad / good) + (operations - failed) * Math.log((1 - bad) / (1 - good));
}

/** The value at which Wald's sequential test (1945) decides for the bad rate. */
export function evidenceNeeded({ falseAlarm, missed }: SequentialTest): number {
  return Math.log((1 - missed) / falseAlarm);
}
