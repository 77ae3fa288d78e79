import { availableParallelism } from "node:os";
import { Worker } from "node:worker_threads";
import { medianOf, type Policy, shareAtLeast, shareAtMost } from "../gates/index.ts";
import { simulateRelease, type Path } from "./fleet.ts";
import type { Conditions } from "./scenario.ts";
import type { ObservationResult } from "./watch.ts";

/** How often a release under these conditions would pass, be halted or stay inconclusive under a policy. */
export type Simulated = {
  readonly fleets: number;
  readonly passed: number;
  readonly halted: number;
  readonly inconclusive: number;
  readonly medianHoursToHalt: number | null;
  readonly medianHoursToPass: number | null;
  /** The two-sided 95 % confidence interval of each share. */
  readonly ci: Readonly<Record<ObservationResult["outcome"], readonly [number, number]>>;
};

export type Simulation = {
  readonly ring: "ring0" | "ring1";
  readonly policy: Policy;
  readonly seed: number;
  readonly conditions: Conditions;
  readonly path: Path;
};

/** Simulates the fleets from `from` to before `to`, one after the other. */
export async function simulateFleets(
  { ring, policy, seed, conditions, path }: Simulation,
  from: number,
  to: number,
): Promise<FleetOutcome[]> {
  const outcomes: FleetOutcome[] = [];
  for (let fleet = from; fleet < to; fleet++) {
    const { outcome, hours } = await simulateRelease(ring, policy, seed, fleet, conditions, path);
    outcomes.push({ outcome, hours });
  }
  return outcomes;
}

export type FleetOutcome = Pick<ObservationResult, "outcome" | "hours">;

/** The task of a thread, which responds with `FleetOutcome[]`. */
export type WorkerTask = { readonly simulation: Simulation; readonly from: number; readonly to: number };

// For so few fleets, starting threads would take longer.
const MAX_FLEETS_WITHOUT_THREADS = 20;

/**
 * Simulates this number of fleets on all processors. The result depends on the seed, not on the number of processors.
 */
export async function simulate(simulation: Simulation, fleets: number, signal: AbortSignal): Promise<Simulated> {
  if (fleets <= MAX_FLEETS_WITHOUT_THREADS) return summaryOf(await simulateFleets(simulation, 0, fleets));
  const threads = Math.min(availableParallelism(), fleets);
  const edges = Array.from({ length: threads + 1 }, (_, index) => Math.round((fleets * index) / threads));
  const tasks = edges.slice(1).map((to, index) => ({ simulation, from: edges[index] as number, to }));
  const outcomes = await Promise.all(tasks.map((share) => simulateOnThread(share, signal)));
  return summaryOf(outcomes.flat());
}

function simulateOnThread(share: WorkerTask, signal: AbortSignal): Promise<FleetOutcome[]> {
  return new Promise((resolve, reject) => {
    const worker = new Worker(new URL("./simulation-worker.ts", import.meta.url), { workerData: share });
    const stop = () => void worker.terminate().then(() => reject(signal.reason as Error));
    signal.addEventListener("abort", stop, { once: true });
    worker.once("message", resolve).once("error", reject);
    worker.once("exit", () => signal.removeEventListener("abort", stop));
  });
}

function summaryOf(outcomes: readonly FleetOutcome[]): Simulated {
  const count = (outcome: ObservationResult["outcome"]) => outcomes.filter((one) => one.outcome === outcome).length;
  const share = (outcome: ObservationResult["outcome"]) => count(outcome) / outcomes.length;
  const medianHours = (outcome: ObservationResult["outcome"]) =>
    medianOf(outcomes.filter((one) => one.outcome === outcome).map(({ hours }) => hours));
  const ci = (outcome: ObservationResult["outcome"]) =>
    [
      shareAtLeast(count(outcome), outcomes.length, 0.975),
      shareAtMost(count(outcome), outcomes.length, 0.975),
    ] as const;
  return {
    fleets: outcomes.length,
    passed: share("passed"),
    halted: share("halted"),
    inconclusive: share("inconclusive"),
    medianHoursToHalt: medianHours("halted"),
    medianHoursToPass: medianHours("passed"),
    ci: { passed: ci("passed"), halted: ci("halted"), inconclusive: ci("inconclusive") },
  };
}
