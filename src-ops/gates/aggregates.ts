import type { Feature, SessionState, TelemetryEvent } from "../../src-shared/telemetry/index.ts";
import type { Ring } from "../../src-shared/license/index.ts";
import type { Bytes, UnixMs } from "../../src-shared/units.ts";
import { added, countsBetween, countsOf, NO_COUNTS, subtracted } from "./counters.ts";
import { type DurationCount, durationsBetween, reversed } from "./durations.ts";
import type { Counters } from "./facts.ts";
import type { NormalizedEvent } from "./normalized-events.ts";
import { plausiblePart, surplusOf } from "./plausible.ts";

/** The normalized state of a session. */
export type NormalizedState = Omit<NormalizedEvent, "platform"> & {
  readonly event: Extract<TelemetryEvent, { readonly kind: "session" }>;
};

/** What one event adds to the aggregates of (ring, version, computer, time). Counts are summed, and can be negative when a
 * late state takes over counts from a later one; memory is the maximum, features the union, times the latest.
 */
export type Contribution = {
  readonly ring: Ring;
  readonly version: string;
  readonly machine: string;
  readonly at: UnixMs;
  readonly counts: Counters;
  readonly durations: readonly DurationCount[];
  readonly memoryHighest: Bytes;
  readonly features: readonly Feature[];
};

/** What changes when a state is inserted between its neighbours in the same session. Each state contributes what
 * happened since the state before it, so that the sum does not depend on the order of arrival.
 *
 *     before ───── d(before, after) ────▶ after            known so far
 *     before ── d ──▶ fresh ──── d ─────▶ after            with the fresh state
 */
export function insertState(
  before: NormalizedState | undefined,
  fresh: NormalizedState,
  after: NormalizedState | undefined,
): readonly Contribution[] {
  const known = before ? countsOf(before.event.state) : NO_COUNTS;
  const now = countsOf(fresh.event.state);
  const durations = durationsBetween(before?.event.state, fresh.event.state);
  const own = contributionOf(fresh, countsBetween(known, now), durations);
  if (!after) return [own];
  const next = countsOf(after.event.state);
  const change = subtracted(countsBetween(now, next), countsBetween(known, next));
  // The later state was compared with the one before: now it is compared with the fresh one.
  return [own, contributionOf(after, change, reversed(durations))];
}

/** Inserts a state into the ordered states of its session, and returns what changes. */
export function insertIntoSession(states: NormalizedState[], fresh: NormalizedState): readonly Contribution[] {
  let index = states.length;
  while (index > 0 && (states[index - 1] as NormalizedState).event.seq > fresh.event.seq) index--;
  const parts = insertState(states[index - 1], fresh, states[index]);
  states.splice(index, 0, fresh);
  return parts;
}

function contributionOf(
  { ring, version, machine, at, event }: NormalizedState,
  counts: Counters,
  durations: readonly DurationCount[],
): Contribution {
  const { memory, features }: SessionState = event.state;
  return { ring, version, machine, at, counts, durations, memoryHighest: memory.highest, features };
}

/** One computer's day: of its counts, only the plausible part of each hour; the rest is the surplus. */
export type DaySum = {
  readonly counts: Counters;
  readonly surplus: number;
  readonly memoryHighest: Bytes;
  readonly features: ReadonlySet<Feature>;
  readonly firstAt: UnixMs;
  readonly lastAt: UnixMs;
};

/** Adds a contribution to a day, of whose hour `before` was known. */
export function addToDay(sum: DaySum | undefined, more: Contribution, before: Counters): DaySum {
  const now = added(before, more.counts);
  return {
    counts: added(sum?.counts ?? NO_COUNTS, subtracted(plausiblePart(now), plausiblePart(before))),
    surplus: (sum?.surplus ?? 0) + surplusOf(now) - surplusOf(before),
    memoryHighest: Math.max(sum?.memoryHighest ?? 0, more.memoryHighest),
    features:
      sum && more.features.every((feature) => sum.features.has(feature))
        ? sum.features
        : new Set([...(sum?.features ?? []), ...more.features]),
    firstAt: Math.min(sum?.firstAt ?? Infinity, more.at),
    lastAt: Math.max(sum?.lastAt ?? 0, more.at),
  };
}
