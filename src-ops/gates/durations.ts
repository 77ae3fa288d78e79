import type { SessionState } from "../../src-shared/telemetry/index.ts";
import type { Milliseconds } from "../../src-shared/units.ts";

/** How many starts or license verdicts took about the same time. A higher bucket is slower. */
export type DurationCount = { readonly measure: Measure; readonly bucket: number; readonly count: number };
export type Measure = "start" | "verdict";

const SHORTEST_MS: Milliseconds = 10;
const BUCKETS_IN_TWICE = 8;
const MOST_BUCKETS = 128;
// A session has one start; more verdicts than this are not believed.
const MAX_IN_SESSION = 10_000;

/** The bucket of a start: each is 9 % longer than the one before it. */
export function startBucket(ms: Milliseconds): number {
  const steps = Math.floor(BUCKETS_IN_TWICE * Math.log2(Math.max(ms, SHORTEST_MS) / SHORTEST_MS));
  return Math.min(steps, MOST_BUCKETS - 1);
}

/** How many buckets higher a start is that takes this many times as long. */
export const bucketsFor = (factor: number): number => Math.ceil(BUCKETS_IN_TWICE * Math.log2(factor));

/** The longest time in a bucket of starts. */
export function longestIn(bucket: number): Milliseconds {
  return SHORTEST_MS * 2 ** ((bucket + 1) / BUCKETS_IN_TWICE);
}

/** What a session adds to the histograms from one of its states to a later one. */
export function durationsBetween(before: SessionState | undefined, after: SessionState): readonly DurationCount[] {
  const changes: DurationCount[] = [];
  const start = after.startMs === null ? undefined : startBucket(after.startMs);
  const known = before?.startMs == null ? undefined : startBucket(before.startMs);
  if (start !== known) {
    if (known !== undefined) changes.push({ measure: "start", bucket: known, count: -1 });
    if (start !== undefined) changes.push({ measure: "start", bucket: start, count: 1 });
  }
  for (const [bucket, count] of after.verdictMs.buckets.entries()) {
    const more = believed(count) - believed(before?.verdictMs.buckets[bucket] ?? 0);
    if (more !== 0) changes.push({ measure: "verdict", bucket, count: more });
  }
  return changes;
}

const believed = (count: number) => Math.min(count, MAX_IN_SESSION);

/** The opposite: what is taken out again. */
export function reversed(counts: readonly DurationCount[]): readonly DurationCount[] {
  return counts.map(({ count, ...rest }) => ({ ...rest, count: -count }));
}
