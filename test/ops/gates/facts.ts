import { readFileSync } from "node:fs";
import {
  type ComputerCounts,
  COUNTERS,
  type Counters,
  type Exposure,
  type MachineFacts,
  NO_COUNTS,
  type Policy,
  type RegisterFacts,
} from "../../../src-ops/gates/index.ts";
import { parsePolicy } from "../../../src-ops/gates/policy.ts";
import type { DayOperations, ReleaseFacts } from "../../../src-ops/gates/facts.ts";
import { DAY, HOUR } from "../../../src-shared/units.ts";
import { testId } from "../../fakes/test-keys.ts";

export const SINCE = Date.UTC(2026, 0, 6, 9);
export const HOUR_MS = HOUR * 1_000;
export const DAY_MS = DAY * 1_000;

export const POLICY_BYTES = readFileSync(new URL("../../../src-ops/gates/ring-policy.json", import.meta.url));

/** The policy that the project ships. */
export function defaultPolicy(): Policy {
  const policy = parsePolicy(POLICY_BYTES);
  if (!policy.ok) throw new Error("the default policy is malformed");
  return policy.value;
}

/** A register that knows these licenses, and in which each pseudonym is a computer of its own. */
export const registerOf = (isGenuine: RegisterFacts["isGenuine"] = () => false): RegisterFacts => ({
  isGenuine,
  computerOf: (pseudonym) => pseudonym,
});

export const NOTHING: Counters = NO_COUNTS;

export const NOTHING_REFUSED: ReleaseFacts["security"] = {
  genuineMachines: 0,
  genuine: { signature: 0, rollback: 0 },
  unexplained: 0,
  suspected: 0,
};

export const GOOD: Counters = {
  ...NOTHING,
  sessions: 60,
  operations: 4_000,
  attempts: 1_000,
  starts: 60,
  verdicts: 600,
  uptimeMs: 180 * HOUR_MS,
};

export const RING1_TOTALS: Counters = {
  ...GOOD,
  sessions: 28,
  operations: 1_400,
  attempts: 200,
  starts: 28,
  verdicts: 60,
};

/** What staff had done with the build when it was promoted. */
export const STAFF: Exposure = {
  operations: 4_000,
  failed: 0,
  attempts: 1_000,
  attemptsFailed: 0,
  starts: 60,
  slowStarts: 0,
  verdicts: 600,
  slowVerdicts: 0,
};

export function machine(number: number, more: Partial<MachineFacts> = {}): MachineFacts {
  return {
    machine: testId(`machine ${number}`),
    platform: "linux/x64",
    operations: 400,
    failed: 0,
    surplus: 0,
    memory: [0, 1].map((day) => ({ day, highest: 150_000_000 })),
    features: ["play"],
    firstAt: SINCE + HOUR_MS,
    lastAt: SINCE + 48 * HOUR_MS,
    steps: { offered: SINCE, healthy: SINCE + HOUR_MS },
    ...more,
  };
}

/** A computer that was offered the build and has not been heard of since. */
export const unheard = (number: number, steps: MachineFacts["steps"] = { offered: SINCE }): MachineFacts =>
  machine(number, { operations: 0, memory: [], features: [], firstAt: undefined, lastAt: undefined, steps });

/** Facts in which the sums of the ring stand for the counts of its computers, which share them evenly. */
export type RingFacts = Partial<Omit<ReleaseFacts, "counts" | "recent" | "windows">> & {
  readonly totals?: Counters;
  readonly recent?: Pick<Counters, "operations" | "failed">;
  readonly windows?: readonly { readonly at: number; readonly attempts: number; readonly attemptsFailed: number }[];
};

export const FIRST_DAY = SINCE - (SINCE % DAY_MS);

/** What these computers did, all on one day. */
export function onDay(counts: readonly ComputerCounts[], day = FIRST_DAY): readonly DayOperations[] {
  return counts.map(({ machine: name, counts: { operations, failed, sessions, crashes } }) => {
    return { machine: name, day, operations, failed, sessions, crashes };
  });
}

/** A ring0 release that has just passed all gates. */
export function greenRing0({ totals = GOOD, recent, windows = [], ...more }: RingFacts = {}): ReleaseFacts {
  const { machines = Array.from({ length: 10 }, (_, index) => machine(index)) } = more;
  const names = machines.map((one) => one.machine);
  const counts = shared(totals, names);
  return {
    ring: "ring0",
    since: SINCE,
    now: SINCE + 48 * HOUR_MS,
    machines,
    counts,
    days: onDay(counts),
    durations: [],
    pooled: null,
    comparison: null,
    missingPlatforms: [],
    recent: shared({ ...NOTHING, operations: 200, ...recent }, names),
    windows: windows.map(({ at, ...sums }) => ({
      at,
      computers: shared({ ...NOTHING, ...sums }, names).map(({ machine: name, counts: ofName }) => {
        return { machine: name, attempts: ofName.attempts, attemptsFailed: ofName.attemptsFailed };
      }),
    })),
    security: NOTHING_REFUSED,
    lastCrashAt: undefined,
    scores: [],
    asked: 0,
    tickets: [],
    reached: [],
    ...more,
  };
}

/** Whole counts as even as possible; the first computers get the rest. */
export function shared(totals: Counters, names: readonly string[]): readonly ComputerCounts[] {
  return names.map((name, index) => ({
    machine: name,
    counts: Object.fromEntries(
      COUNTERS.map((counter) => {
        const rest = totals[counter] % names.length;
        return [counter, (totals[counter] - rest) / names.length + (index < rest ? Math.min(1, rest - index) : 0)];
      }),
    ) as Counters,
  }));
}

/** A ring1 release that four pilots have rated well for a week. */
export function greenRing1(more: RingFacts = {}): ReleaseFacts {
  const now = SINCE + 7 * DAY_MS;
  return greenRing0({
    ring: "ring1",
    now,
    totals: RING1_TOTALS,
    pooled: STAFF,
    recent: { operations: 200, failed: 0 },
    machines: [1, 2, 3, 4].map((number) => machine(number, { lastAt: now - HOUR_MS })),
    scores: [8, 9, 10, 8],
    asked: 4,
    ...more,
  });
}
