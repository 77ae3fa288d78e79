import { parentPort, workerData } from "node:worker_threads";
import { BATCH, simulateFleets, type WorkerTask } from "./simulate.ts";

const { simulation, from, to } = workerData as WorkerTask;
for (let first = from; first < to; first += BATCH) {
  const report = await simulateFleets({ simulation, from: first, to: Math.min(to, first + BATCH) });
  // oxlint-disable-next-line unicorn/require-post-message-target-origin -- a thread's port, not a window
  parentPort?.postMessage(report);
}
