import { HOUR, type Milliseconds } from "../../src-shared/units.ts";
import { lowerOf } from "./counters.ts";
import type { Counters } from "./facts.ts";

export const HOUR_MS: Milliseconds = HOUR * 1_000;

/**
 * The most that one computer can do in an hour, with several windows open and somebody who never rests: two seeks a second,
 * a play every three seconds. What it reports beyond this does not count. A state that was lost moves its time into the
 * next one, so a day's time may arrive in one hour.
 */
const MOST_IN_AN_HOUR: Counters = {
  sessions: 120,
  operations: 10_000,
  failed: 10_000,
  attempts: 1_200,
  attemptsFailed: 1_200,
  starts: 120,
  slowStarts: 120,
  verdicts: 1_200,
  slowVerdicts: 1_200,
  uptimeMs: 24 * HOUR_MS,
  downMs: 24 * HOUR_MS,
  crashes: 120,
  fatalCrashes: 120,
  signature: 1_200,
  rollback: 1_200,
  faults: 10_000,
};

/** What counts of one computer's hour. */
export function plausiblePart(ofAnHour: Counters): Counters {
  return lowerOf(ofAnHour, MOST_IN_AN_HOUR);
}

/** How many operations, starts and verdicts of one computer's hour are too many: 0 for every honest computer. */
export function surplusOf(ofAnHour: Counters): number {
  const names = ["operations", "attempts", "starts", "verdicts"] as const;
  return names.reduce((sum, name) => sum + Math.max(0, ofAnHour[name] - MOST_IN_AN_HOUR[name]), 0);
}
