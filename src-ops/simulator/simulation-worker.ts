import { parentPort, workerData } from "node:worker_threads";
import { liveFleets, type Share } from "./simulate.ts";

const { simulation, from, to } = workerData as Share;
// oxlint-disable-next-line unicorn/require-post-message-target-origin -- a thread's port, not a window
parentPort?.postMessage(await liveFleets(simulation, from, to));
