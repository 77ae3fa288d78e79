import { type AvailabilityWindow, type Counters, judgeRelease, NO_COUNTS, SLOT_MS, WINDOW_MS } from "../gates/index.ts";
import { countsOfTally, SIMULATED_BYTES } from "./tally-state.ts";
import { TICKS_PER_HOUR, type ReportedState } from "./scenario.ts";
import { type ObservationResult, resultOf, type Observation } from "./watch.ts";
import { HOUR } from "../../src-shared/units.ts";

// The counters that a simulated fleet changes; all others stay 0.
const SIMULATED_COUNTERS = [
  "operations",
  "failed",
  "attempts",
  "attemptsFailed",
  "starts",
  "verdicts",
  "uptimeMs",
] as const;

const NOTHING_REFUSED = {
  genuineMachines: 0,
  genuine: { signature: 0, rollback: 0 },
  unexplained: 0,
  suspected: 0,
};

type Part = { readonly tick: number; readonly seq: number; readonly counts: Counters };
type Writable<T> = { -readonly [K in keyof T]: T[K] };

/** Observes one fleet without raw events: the same timeline, counted as it arrives, with the same gates. A tick in which
 * nothing arrived and nothing is in the surge window changes nothing and is not judged.
 */
export function observeFast({
  ring,
  policy,
  timeline,
  pooled,
  scoresAt,
  machines: size,
}: Observation): ObservationResult {
  const ticks = policy.longestHours * TICKS_PER_HOUR;
  const slots = { operations: new Float64Array(ticks), failed: new Float64Array(ticks) };
  const windows = new Map<number, Writable<AvailabilityWindow>>();
  const windowList: AvailabilityWindow[] = [];
  const sessions = new Map<number, Part[]>();
  const arriving = new Map<number, ReportedState[]>();
  const machines = Array.from({ length: size }, (_, index) => machineOf(index));
  const totals = { ...NO_COUNTS };
  const recent = { operations: 0, failed: 0 };
  const recentTicks = policy.errors.halt.hours * TICKS_PER_HOUR;

  function receive({ machine, session, seq, tick, tally }: ReportedState): void {
    const counts = countsOfTally(tally, seq);
    const key = session * size + machine;
    const parts = sessions.get(key) ?? [];
    if (parts.length === 0) sessions.set(key, parts);
    let index = parts.length;
    while (index > 0 && (parts[index - 1] as Part).seq > seq) index--;
    const before = parts[index - 1]?.counts ?? NO_COUNTS;
    const after = parts[index];
    if (after) parts.splice(index, 0, { tick, seq, counts });
    else parts.push({ tick, seq, counts });
    contribute(machine, tick, before, counts);
    // The later state contributes less now.
    if (after) contribute(machine, after.tick, counts, before);
  }

  function contribute(machine: number, tick: number, from: Counters, to: Counters): void {
    for (const name of SIMULATED_COUNTERS) totals[name] += to[name] - from[name];
    const operations = to.operations - from.operations;
    const failed = to.failed - from.failed;
    (slots.operations[tick] as number) += operations;
    (slots.failed[tick] as number) += failed;
    const window = windowAt(tick * SLOT_MS - ((tick * SLOT_MS) % WINDOW_MS));
    window.attempts += to.attempts - from.attempts;
    window.attemptsFailed += to.attemptsFailed - from.attemptsFailed;
    const facts = machines[machine] as (typeof machines)[number];
    facts.operations += operations;
    facts.failed += failed;
    facts.lastAt = Math.max(facts.lastAt ?? 0, tick * SLOT_MS);
  }

  function windowAt(at: number): Writable<AvailabilityWindow> {
    const known = windows.get(at);
    if (known) return known;
    const window = { at, attempts: 0, attemptsFailed: 0 };
    windows.set(at, window);
    windowList.push(window);
    return window;
  }

  // The slot that contains the start of the window counts completely, as in the store.
  function sumRecent(tick: number): void {
    recent.operations = 0;
    recent.failed = 0;
    for (let at = Math.max(0, tick - recentTicks); at <= tick; at++) {
      recent.operations += slots.operations[at] as number;
      recent.failed += slots.failed[at] as number;
    }
  }

  for (let tick = 0; tick < ticks; tick++) {
    for (const report of timeline.reportsAt(tick)) {
      if (report.arrival === tick) receive(report);
      else arriving.set(report.arrival, [...(arriving.get(report.arrival) ?? []), report]);
    }
    const late = arriving.get(tick);
    for (const report of late ?? []) receive(report);
    arriving.delete(tick);
    const wasQuiet = recent.operations === 0;
    sumRecent(tick);
    const isDue = tick % TICKS_PER_HOUR === 0;
    if (wasQuiet && recent.operations === 0 && !late && !isDue) continue;
    const now = tick * SLOT_MS;
    const facts = {
      ring,
      now,
      since: 0,
      totals,
      pooled,
      recent,
      windows: windowList,
      machines,
      security: NOTHING_REFUSED,
      lastCrashAt: undefined,
      scores: scoresAt(now / HOUR / 1_000),
      asked: size,
      tickets: [],
      reached: [],
    };
    const result = resultOf(judgeRelease(facts, policy), tick, totals);
    if (result) return result;
  }
  return { outcome: "inconclusive", hours: policy.longestHours, totals };
}

function machineOf(index: number) {
  const lastAt = undefined as number | undefined;
  return {
    machine: String(index),
    operations: 0,
    failed: 0,
    memoryHighest: SIMULATED_BYTES,
    features: ["play"] as const,
    lastAt,
    steps: {},
  };
}
