import { type GateName, medianOf, shareAtLeast, shareAtMost } from "../gates/index.ts";

/** What becomes of one fleet. Hours are counted from the start of the release in the ring; `null`: never. */
export type FleetOutcome = {
  readonly passedAt: number | null;
  readonly haltedAt: number | null;
  readonly haltedBy: readonly GateName[];
  readonly heldBy: readonly GateName[];
  readonly found: readonly GateName[];
};

/** How often a release would pass, be halted or stay inconclusive under a policy. With `keepWatching`, it can be both. */
export type Simulated = {
  readonly fleets: number;
  readonly passed: number;
  readonly halted: number;
  readonly inconclusive: number;
  readonly medianHoursToHalt: number | null;
  readonly medianHoursToPass: number | null;
  /** The two-sided 95 % confidence interval of each share. */
  readonly ci: Readonly<Record<"passed" | "halted" | "inconclusive", readonly [number, number]>>;
  /** The share of fleets for each gate that halted, was open at the end, or passed and then did not. */
  readonly haltedBy: GateShares;
  readonly heldBy: GateShares;
  readonly foundBy: GateShares;
};
export type GateShares = { readonly [gate in GateName]?: number };

export function summaryOf(outcomes: readonly FleetOutcome[]): Simulated {
  const passed = outcomes.flatMap(({ passedAt }) => (passedAt === null ? [] : [passedAt]));
  const halted = outcomes.flatMap(({ haltedAt }) => (haltedAt === null ? [] : [haltedAt]));
  const open = outcomes.filter(({ passedAt, haltedAt }) => passedAt === null && haltedAt === null).length;
  const share = (count: number) => count / outcomes.length;
  const interval = (count: number) =>
    [shareAtLeast(count, outcomes.length, 0.975), shareAtMost(count, outcomes.length, 0.975)] as const;
  return {
    fleets: outcomes.length,
    passed: share(passed.length),
    halted: share(halted.length),
    inconclusive: share(open),
    medianHoursToHalt: medianOf(halted),
    medianHoursToPass: medianOf(passed),
    ci: { passed: interval(passed.length), halted: interval(halted.length), inconclusive: interval(open) },
    haltedBy: sharesOf(outcomes, ({ haltedBy }) => haltedBy),
    heldBy: sharesOf(outcomes, ({ heldBy }) => heldBy),
    foundBy: sharesOf(outcomes, ({ found }) => found),
  };
}

function sharesOf(outcomes: readonly FleetOutcome[], gatesOf: (one: FleetOutcome) => readonly GateName[]): GateShares {
  const counts = new Map<GateName, number>();
  for (const outcome of outcomes) for (const gate of gatesOf(outcome)) counts.set(gate, (counts.get(gate) ?? 0) + 1);
  const sorted = [...counts].toSorted(([a, most], [b, more]) => more - most || (a < b ? -1 : 1));
  return Object.fromEntries(sorted.map(([gate, count]) => [gate, count / outcomes.length]));
}
