import type { Counters } from "./facts.ts";
import type { BudgetPolicy } from "./policy.ts";

type Operations = Pick<Counters, "operations" | "failed">;

export type BudgetState = "normal" | "reviewed" | "fixes-only" | "frozen";

/** The remaining share (1 to 0) of the failures that the limit allows. `null`: there were no operations yet. */
export function budgetOf(
  { operations, failed }: Operations,
  limit: number,
  policy: BudgetPolicy,
): { readonly left: number; readonly state: BudgetState } | null {
  if (operations === 0) return null;
  const left = Math.max(0, 1 - failed / (limit * operations));
  if (left <= 0) return { left, state: "frozen" };
  if (left < policy.fixesOnlyBelow) return { left, state: "fixes-only" };
  return { left, state: left < policy.reviewBelow ? "reviewed" : "normal" };
}

export type Burn = {
  readonly severity: "page" | "ticket";
  readonly factor: number;
  /** How many times faster than the limit allows, in the long window. */
  readonly rate: number;
  readonly longMinutes: number;
  readonly shortMinutes: number;
};

/** The active burn-rate alerts: both windows burn faster than `factor`, and the long one has enough operations and failures
 * to exclude a single incident. In a small ring, one failure in ten operations is a hundred times the limit.
 */
export function burnsOf(
  exposureOf: (minutes: number) => Operations,
  limit: number,
  { burns }: Pick<BudgetPolicy, "burns">,
): readonly Burn[] {
  return burns.flatMap(({ longMinutes, shortMinutes, factor, severity, operations, failed }) => {
    const long = exposureOf(longMinutes);
    const rate = rateOf(long, limit);
    const isBurning = rate >= factor && rateOf(exposureOf(shortMinutes), limit) >= factor;
    const isEnough = long.operations >= operations && long.failed >= failed;
    return isBurning && isEnough ? [{ severity, factor, rate, longMinutes, shortMinutes }] : [];
  });
}

function rateOf({ operations, failed }: Operations, limit: number): number {
  return operations > 0 ? failed / operations / limit : 0;
}
