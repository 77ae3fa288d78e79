import { availableParallelism } from "node:os";
import { Worker } from "node:worker_threads";
import type { Policy } from "../gates/index.ts";
import type { Path } from "./observe.ts";
import type { Scenario } from "./scenario-schema.ts";
import { simulateFleet } from "./simulate-fleet.ts";
import type { FleetOutcome } from "./summary.ts";

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
// Most objects of a fleet live for about a day of it; with the usual space they would be copied again and again.
const YOUNG_MB = 64;
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
): Promise<readonly FleetOutcome[]> {
  signal.throwIfAborted();
  if (fleets <= MAX_FLEETS_WITHOUT_THREADS) return simulateFleets({ simulation, from: 0, to: fleets });
  const threads = Math.min(availableParallelism(), fleets);
  const edges = Array.from({ length: threads + 1 }, (_, index) => Math.round((fleets * index) / threads));
  const tasks = edges.slice(1).map((to, index) => ({ simulation, from: edges[index] as number, to }));
  let done = 0;
  const note = (more: number) => onProgress((done += more));
  return (await Promise.all(tasks.map((share) => simulateOnThread(share, signal, note)))).flat();
}

function simulateOnThread(
  task: WorkerTask,
  signal: AbortSignal,
  note: (more: number) => void,
): Promise<FleetOutcome[]> {
  return new Promise((resolve, reject) => {
    const worker = new Worker(new URL("./simulation-worker.ts", import.meta.url), {
      workerData: task,
      resourceLimits: { maxYoungGenerationSizeMb: YOUNG_MB },
    });
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
