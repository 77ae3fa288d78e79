import { type AtRisk, evidenceAgainstShare, evidenceOfIncrease, evidenceOfSlower, type Sample } from "./evidence.ts";
import { bucketsFor, longestIn, type Measure } from "./durations.ts";
import type { Comparison, ComputerDurations, DayOperations, ReleaseFacts } from "./facts.ts";
import { type Change, type Gate, type GateName, gateOf } from "./gate.ts";
import type { RingPolicy } from "./policy.ts";
import { DAY_MS } from "./normalized-events.ts";
import { medianOf } from "./statistics.ts";
import { HOUR, type UnixMs } from "../../src-shared/units.ts";
import { VERDICT_BOUNDS_MS } from "../../src-shared/telemetry/index.ts";

/** The gates that compare a release with the version before. They pass while there is nothing to compare with. */
export function changeGates(facts: ReleaseFacts, policy: RingPolicy): readonly Gate[] {
  return [
    ...rateGates(facts, policy),
    durationGate("startchange", "start", facts, policy),
    durationGate("verdictchange", "verdict", facts, policy),
    memoryGate(facts, policy),
  ];
}

type Totals = Pick<DayOperations, "operations" | "failed" | "sessions" | "crashes">;
type SampleOf = (counts: Totals) => Sample;

const RATES: readonly (readonly [GateName, SampleOf])[] = [
  ["errorchange", ({ failed, operations }) => ({ failed, of: operations })],
  ["crashchange", ({ crashes, sessions }) => ({ failed: crashes, of: sessions })],
];

function rateGates(facts: ReleaseFacts, { evidence: { change: needed } }: RingPolicy): readonly Gate[] {
  const { comparison, days } = facts;
  if (!comparison) return RATES.map(([gate]) => gateOf(gate, "pass", "evidence", null, needed));
  const daysBefore = comparableDays(facts, comparison);
  const totals = { now: totalsOf(days), before: totalsOf(daysBefore) };
  return RATES.map(([gate, sampleOf]) => {
    const [now, before] = [sampleOf(totals.now), sampleOf(totals.before)];
    const found =
      comparison.with === "rest"
        ? evidenceAgainstShare(atRiskByDay(days, daysBefore, facts.now, sampleOf))
        : evidenceOfIncrease(before, now);
    const change = changeOf(rateOf(before), rateOf(now));
    return gateOf(gate, found >= needed ? "hold" : "pass", "evidence", found, needed, { change });
  });
}

/** Before, the same computers count: another set of computers has other habits. */
function comparableDays({ days }: ReleaseFacts, comparison: Comparison): readonly DayOperations[] {
  if (comparison.with === "rest") return comparison.days;
  const those = new Set(days.map(({ machine }) => machine));
  return comparison.days.filter(({ machine }) => those.has(machine));
}

function totalsOf(days: readonly DayOperations[]): Totals {
  let [operations, failed, sessions, crashes] = [0, 0, 0, 0];
  for (const day of days) {
    operations += day.operations;
    failed += day.failed;
    sessions += day.sessions;
    crashes += day.crashes;
  }
  return { operations, failed, sessions, crashes };
}

const rateOf = ({ failed, of }: Sample) => (of > 0 ? failed / of : undefined);

function changeOf(before: number | undefined, now: number | undefined): Change | null {
  if (before === undefined || now === undefined) return null;
  return { before, now, ratio: before > 0 ? now / before : now > 0 ? MOST_TIMES : 1 };
}

// More cannot be told from a rate before of which nothing was seen.
const MOST_TIMES = 1_000;

// Of a day that is not over, failures may be known earlier than the computers that did not fail.
const LATE_MS = 6 * HOUR * 1_000;

function atRiskByDay(
  share: readonly DayOperations[],
  rest: readonly DayOperations[],
  now: UnixMs,
  sampleOf: SampleOf,
): readonly AtRisk[] {
  const groups = [share, rest].map((days) => firstFailures(days, sampleOf));
  const all = [...new Set([...share, ...rest].map(({ day }) => day))]
    .filter((day) => day + DAY_MS + LATE_MS <= now)
    .toSorted((a, b) => a - b);
  const nothing = { computers: 0, failing: 0 };
  return all.map((day) => ({ share: groups[0]?.get(day) ?? nothing, rest: groups[1]?.get(day) ?? nothing }));
}

/** By day: the computers in use that had not failed before, and those of them that fail on this day. */
function firstFailures(days: readonly DayOperations[], sampleOf: SampleOf) {
  const firstOf = new Map<string, UnixMs>();
  for (const one of days) {
    const { failed, of } = sampleOf(one);
    if (of > 0 && failed > 0) firstOf.set(one.machine, Math.min(one.day, firstOf.get(one.machine) ?? Infinity));
  }
  const found = new Map<UnixMs, { computers: number; failing: number }>();
  for (const one of days) {
    const first = firstOf.get(one.machine) ?? Infinity;
    if (one.day > first || sampleOf(one).of === 0) continue;
    const day = found.get(one.day) ?? { computers: 0, failing: 0 };
    found.set(one.day, day);
    day.computers++;
    if (one.day === first) day.failing++;
  }
  return found;
}

// One value in ten was slower than this before; twice as many are allowed, because what was seen before is a sample, too.
const SLOW = 0.9;
const ALLOWED = 0.2;
// With fewer values of its own, a computer is compared with all computers together.
const ENOUGH = 20;

type Histogram = ReadonlyMap<number, number>;

/**
 * Whether starts or verdicts take longer than on the same computer before: each value is compared with what one in ten exceeded.
 */
function durationGate(gate: GateName, measure: Measure, facts: ReleaseFacts, policy: RingPolicy): Gate {
  const { comparison, durations } = facts;
  const { evidence, change } = policy;
  const all = histogramOf(comparison?.durations ?? [], measure);
  if (totalIn(all) < ENOUGH) return gateOf(gate, "pass", "evidence", null, evidence.change);
  const now = histogramsOf(durations, measure);
  // In GA, most computers of the comparison are others.
  const before = histogramsOf(comparison?.durations.filter(({ machine }) => now.has(machine)) ?? [], measure);
  const samples = [...now].map(([machine, histogram]) => {
    const own = before.get(machine);
    const isKnown = own !== undefined && totalIn(own) >= ENOUGH;
    const limit = slowerThan(measure, quantileIn(isKnown ? own : all, SLOW), change.slower);
    return { machine, isKnown, failed: totalIn(histogram, (bucket) => bucket > limit), of: totalIn(histogram) };
  });
  const together = evidenceOfSlower(weighted(samples, policy.machines.weight), ALLOWED);
  // Divided by the number of computers, because one of many is always the worst.
  const single = samples
    .filter(({ isKnown }) => isKnown)
    .map((sample) => ({ machine: sample.machine, evidence: evidenceOfSlower(sample, ALLOWED) / samples.length }))
    .toSorted((a, b) => b.evidence - a.evidence);
  // On one computer it may be that computer's own matter: the second one decides.
  const found = Math.max(together, single[1]?.evidence ?? 0);
  const isSlower = found >= evidence.change;
  const median = (histogram: Histogram) => upperOf(measure, quantileIn(histogram, 0.5));
  const current = histogramOf(durations, measure);
  return gateOf(gate, isSlower ? "hold" : "pass", "evidence", found, evidence.change, {
    change: changeOf(median(all), totalIn(current) > 0 ? median(current) : undefined),
    computers: isSlower ? namesOf(single.filter((one) => one.evidence >= evidence.change)) : [],
  });
}

/** The bucket that a slower value exceeds. The bounds of verdicts are far apart: the next one is twice as long. */
function slowerThan(measure: Measure, bucket: number, slower: number): number {
  return measure === "verdict" ? bucket + 1 : bucket + bucketsFor(slower);
}

function upperOf(measure: Measure, bucket: number): number {
  if (measure === "start") return longestIn(bucket);
  const most = VERDICT_BOUNDS_MS.at(-1) as number;
  return VERDICT_BOUNDS_MS[bucket] ?? 2 * most;
}

/** No computer counts for more than `weight` times the median one. */
function weighted(samples: readonly Sample[], weight: number): Sample {
  const most = weight * (medianOf(samples.map(({ of }) => of)) ?? 0);
  let [failed, total] = [0, 0];
  for (const sample of samples) {
    const part = sample.of > most && sample.of > 0 ? most / sample.of : 1;
    failed += sample.failed * part;
    total += sample.of * part;
  }
  return { failed, of: total };
}

function histogramsOf(durations: readonly ComputerDurations[], wanted: Measure): ReadonlyMap<string, Histogram> {
  const found = new Map<string, Map<number, number>>();
  for (const { machine, measure, bucket, count } of durations) {
    if (measure !== wanted) continue;
    const histogram = found.get(machine) ?? new Map<number, number>();
    found.set(machine, histogram);
    histogram.set(bucket, (histogram.get(bucket) ?? 0) + count);
  }
  return found;
}

/** The histogram of all computers together. */
function histogramOf(durations: readonly ComputerDurations[], wanted: Measure): Histogram {
  const sum = new Map<number, number>();
  for (const { measure, bucket, count } of durations) {
    if (measure === wanted) sum.set(bucket, (sum.get(bucket) ?? 0) + count);
  }
  return sum;
}

function totalIn(histogram: Histogram, isCounted: (bucket: number) => boolean = () => true): number {
  let total = 0;
  for (const [bucket, count] of histogram) if (isCounted(bucket)) total += count;
  return total;
}

function quantileIn(histogram: Histogram, share: number): number {
  const need = share * totalIn(histogram);
  let [sum, last] = [0, 0];
  for (const [bucket, count] of [...histogram].toSorted(([a], [b]) => a - b)) {
    last = bucket;
    sum += count;
    if (sum >= need) break;
  }
  return last;
}

// A leak may need something that only some computers have. On one computer it is that computer's own matter.
const LEAKING_ON_ONE_IN = 5;
// Of a single computer, fewer days say too little: what an app uses differs from day to day.
const ENOUGH_DAYS = 4;

/** Memory that grows from day to day, or is clearly higher than with the version before on the same computers. */
function memoryGate({ machines, comparison }: ReleaseFacts, { memory, change }: RingPolicy): Gate {
  const known = machines.flatMap((one) => {
    const growth = growthOf(one.memory);
    return growth === undefined ? [] : [{ machine: one.machine, growth, days: one.memory.length }];
  });
  const leaking = known.filter((one) => one.growth >= memory.growthPerDay);
  const usualGrowth = medianGrowth(known);
  const certain = leaking.filter(({ days }) => days >= ENOUGH_DAYS).length;
  const isGrowing =
    (usualGrowth !== null && usualGrowth >= memory.growthPerDay) ||
    (certain > 1 && certain * LEAKING_ON_ONE_IN > known.length);
  const highestBefore = new Map((comparison?.memory ?? []).map(({ machine, highest }) => [machine, highest]));
  const usual = medianOf([...highestBefore.values()]);
  const pairs = machines.flatMap((one) => {
    const now = medianOf(one.memory.map(({ highest }) => highest));
    const before = highestBefore.get(one.machine) ?? (comparison?.with === "rest" ? usual : null);
    return now && before ? [{ now, before }] : [];
  });
  const [now, before] = [medianOf(pairs.map((pair) => pair.now)), medianOf(pairs.map((pair) => pair.before))];
  const ratio = medianOf(pairs.map((pair) => pair.now / pair.before));
  const isHigher = ratio !== null && ratio >= change.memory;
  const growth = isGrowing ? medianGrowth(leaking) : usualGrowth;
  return gateOf("memorychange", isHigher || isGrowing ? "hold" : "pass", "bytes", growth, memory.growthPerDay, {
    change: now !== null && before !== null && ratio !== null ? { before, now, ratio } : null,
    computers: isGrowing ? namesOf(leaking) : [],
  });
}

const namesOf = (all: readonly { readonly machine: string }[]) => all.map(({ machine }) => machine);

const medianGrowth = (all: readonly { readonly growth: number }[]) => medianOf(all.map(({ growth }) => growth));

/** Bytes a day: the median of the slopes between any two days (Theil and Sen), so one unusual day says nothing. */
function growthOf(days: ReleaseFacts["machines"][number]["memory"]): number | undefined {
  const slopes: number[] = [];
  for (const [index, later] of days.entries()) {
    for (const one of days.slice(0, index)) slopes.push((later.highest - one.highest) / (later.day - one.day));
  }
  return medianOf(slopes) ?? undefined;
}
