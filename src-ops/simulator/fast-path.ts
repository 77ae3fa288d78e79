import {
  type ComputerCounts,
  type Counters,
  judgeRelease,
  NO_COUNTS,
  SLOT_MS,
  WINDOW_MS,
  type WindowCounts,
} from "../gates/index.ts";
import { countsOfTally, SIMULATED_BYTES } from "./tally-state.ts";
import { TICKS_PER_HOUR, type ReportedState } from "./scenario.ts";
import { nameOf, type ObservationResult, resultOf, type Observation } from "./watch.ts";
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

type LiveWindow = { readonly at: number; readonly computers: Writable<WindowCounts>[] };
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
  const windows = new Map<number, LiveWindow>();
  // Those in which enough computers failed.
  const failing: LiveWindow[] = [];
  const failingNeeded = Math.max(1, policy.machines.haltComputers - 1);
  const sessions = new Map<number, Part[]>();
  const arriving = new Map<number, ReportedState[]>();
  const machines = Array.from({ length: size }, (_, index) => machineOf(index));
  const total = machines.map(({ machine }) => ({ machine, counts: { ...NO_COUNTS } }));
  const recent = machines.map(({ machine }) => ({ machine, counts: { ...NO_COUNTS } }));
  const slots = machines.map(() => ({ operations: new Float64Array(ticks), failed: new Float64Array(ticks) }));
  const recentTicks = policy.errors.halt.hours * TICKS_PER_HOUR;
  let now = 0;
  let recentOperations = 0;

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
    const sums = (total[machine] as (typeof total)[number]).counts;
    for (const name of SIMULATED_COUNTERS) sums[name] += to[name] - from[name];
    const operations = to.operations - from.operations;
    const failed = to.failed - from.failed;
    const slot = slots[machine] as (typeof slots)[number];
    (slot.operations[tick] as number) += operations;
    (slot.failed[tick] as number) += failed;
    if (tick >= now - recentTicks) addToRecent(machine, operations, failed);
    addToWindow(machine, tick, to.attempts - from.attempts, to.attemptsFailed - from.attemptsFailed);
    const facts = machines[machine] as (typeof machines)[number];
    facts.operations += operations;
    facts.failed += failed;
    facts.lastAt = Math.max(facts.lastAt ?? 0, tick * SLOT_MS);
  }

  function addToWindow(machine: number, tick: number, attempts: number, attemptsFailed: number): void {
    const at = tick * SLOT_MS - ((tick * SLOT_MS) % WINDOW_MS);
    const window = windows.get(at) ?? { at, computers: machines.map(noAttempts) };
    windows.set(at, window);
    const sums = window.computers[machine] as Writable<WindowCounts>;
    sums.attempts += attempts;
    sums.attemptsFailed += attemptsFailed;
    if (attemptsFailed === 0 || failing.includes(window)) return;
    if (window.computers.filter((one) => one.attemptsFailed > 0).length >= failingNeeded) failing.push(window);
  }

  function addToRecent(machine: number, operations: number, failed: number): void {
    const sums = (recent[machine] as (typeof recent)[number]).counts;
    sums.operations += operations;
    sums.failed += failed;
    recentOperations += operations;
  }

  // The slot that contains the start of the window counts completely, as in the store.
  function advanceTo(tick: number): void {
    now = tick;
    const left = tick - recentTicks - 1;
    if (left < 0) return;
    for (const [machine, { operations, failed }] of slots.entries()) {
      addToRecent(machine, -(operations[left] as number), -(failed[left] as number));
    }
  }

  for (let tick = 0; tick < ticks; tick++) {
    const wasQuiet = recentOperations === 0;
    advanceTo(tick);
    for (const report of timeline.reportsAt(tick)) {
      if (report.arrival === tick) receive(report);
      else arriving.set(report.arrival, [...(arriving.get(report.arrival) ?? []), report]);
    }
    const late = arriving.get(tick);
    for (const report of late ?? []) receive(report);
    arriving.delete(tick);
    const isDue = tick % TICKS_PER_HOUR === 0;
    if (wasQuiet && recentOperations === 0 && !late && !isDue) continue;
    const facts = {
      ring,
      now: tick * SLOT_MS,
      since: 0,
      machines,
      counts: total,
      pooled,
      recent,
      windows: failing,
      security: NOTHING_REFUSED,
      lastCrashAt: undefined,
      scores: scoresAt((tick * SLOT_MS) / HOUR / 1_000),
      asked: size,
      tickets: [],
      reached: [],
    };
    const result = resultOf(judgeRelease(facts, policy), tick, reporting(total));
    if (result) return result;
  }
  return { outcome: "inconclusive", hours: policy.longestHours, counts: reporting(total) };
}

const noAttempts = ({ machine }: { readonly machine: string }) => ({ machine, attempts: 0, attemptsFailed: 0 });

/** The computers that the store would know. */
function reporting(counts: readonly ComputerCounts[]): readonly ComputerCounts[] {
  return counts.filter((one) => SIMULATED_COUNTERS.some((name) => one.counts[name] > 0));
}

function machineOf(index: number) {
  const lastAt = undefined as number | undefined;
  return {
    machine: nameOf(index),
    operations: 0,
    failed: 0,
    surplus: 0,
    memoryHighest: SIMULATED_BYTES,
    features: ["play"] as const,
    lastAt,
    steps: {},
  };
}
