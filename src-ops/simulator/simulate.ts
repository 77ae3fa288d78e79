import { availableParallelism } from "node:os";
import { Worker } from "node:worker_threads";
import { type GateName, medianOf, type Policy, shareAtLeast, shareAtMost } from "../gates/index.ts";
import type { Path } from "./observe.ts";
import type { Scenario } from "./scenario-schema.ts";
import { type FleetOutcome, simulateFleet } from "./simulate-fleet.ts";

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

export type Simulation = {
  readonly scenario: Scenario;
  readonly policy: Policy;
  readonly seed: number;
  readonly path: Path;
};

/** The task of a thread, which answers with `WorkerReport[]`. */
export type WorkerTask = { readonly simulation: Simulation; readonly from: number; readonly to: number };
export type WorkerReport = readonly FleetOutcome[];

/** Simulates the fleets from `from` to before `to`, one after the other. */
export async function simulateFleets(task: WorkerTask): Promise<FleetOutcome[]> {
  const { scenario, policy, seed, path } = task.simulation;
  const outcomes: FleetOutcome[] = [];
  for (let fleet = task.from; fleet < task.to; fleet++) {
    outcomes.push(await simulateFleet(scenario, policy, seed, fleet, path));
  }
  return outcomes;
}

// For so few fleets, starting threads would take longer.
const MAX_FLEETS_WITHOUT_THREADS = 20;
/** Fleets after which a thread reports. */
export const BATCH = 20;

/**
 * Simulates this number of fleets on all processors. The result depends on the seed, not on the number of processors.
 */
export async function simulate(
  simulation: Simulation,
  fleets: number,
  signal: AbortSignal,
  onProgress: (done: number) => void = () => undefined,
): Promise<Simulated> {
  signal.throwIfAborted();
  if (fleets <= MAX_FLEETS_WITHOUT_THREADS) return summaryOf(await simulateFleets({ simulation, from: 0, to: fleets }));
  const threads = Math.min(availableParallelism(), fleets);
  const edges = Array.from({ length: threads + 1 }, (_, index) => Math.round((fleets * index) / threads));
  const tasks = edges.slice(1).map((to, index) => ({ simulation, from: edges[index] as number, to }));
  let done = 0;
  const note = (more: number) => onProgress((done += more));
  const outcomes = await Promise.all(tasks.map((share) => simulateOnThread(share, signal, note)));
  return summaryOf(outcomes.flat());
}

function simulateOnThread(
  task: WorkerTask,
  signal: AbortSignal,
  note: (more: number) => void,
): Promise<FleetOutcome[]> {
  return new Promise((resolve, reject) => {
    const worker = new Worker(new URL("./simulation-worker.ts", import.meta.url), { workerData: task });
    const outcomes: FleetOutcome[] = [];
    const stop = () => void worker.terminate().then(() => reject(signal.reason as Error));
    signal.addEventListener("abort", stop, { once: true });
    worker.on("message", (report: WorkerReport) => {
      outcomes.push(...report);
      note(report.length);
      if (outcomes.length === task.to - task.from) resolve(outcomes);
    });
    worker.once("error", reject);
    worker.once("exit", () => signal.removeEventListener("abort", stop));
  });
}

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
