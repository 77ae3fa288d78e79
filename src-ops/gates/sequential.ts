/** Two shares of failures to tell apart, and how often it may be wrong about either. */
export type SequentialTest = {
  readonly good: number;
  readonly bad: number;
  /** How often a good release may be halted. */
  readonly falseAlarm: number;
  /** How often a bad one may slip through. */
  readonly missed: number;
};

/** By how much the evidence favours the bad share over the good one: the logarithm of the likelihood ratio. */
export function evidenceAgainst(failed: number, operations: number, { good, bad }: SequentialTest): number {
  return failed * Math.log(bad / good) + (operations - failed) * Math.log((1 - bad) / (1 - good));
}

/** Where Wald's sequential test (1945) decides for the bad share. */
export function evidenceNeeded({ falseAlarm, missed }: SequentialTest): number {
  return Math.log((1 - missed) / falseAlarm);
}
