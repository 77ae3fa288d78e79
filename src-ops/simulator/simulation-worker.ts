import { parentPort, workerData } from "node:worker_threads";
import { simulateFleets, type WorkerTask } from "./simulate.ts";

const { simulation, from, to } = workerData as WorkerTask;
// oxlint-disable-next-line unicorn/require-post-message-target-origin -- a thread's port, not a window
parentPort?.postMessage(await simulateFleets(simulation, from, to));
