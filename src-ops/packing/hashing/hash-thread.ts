import { Worker } from "node:worker_threads";
import type { HashResponse, HashRequest } from "./hash-worker.ts";

export type HashThread = { request(request: HashRequest): Promise<HashResponse>; close(): Promise<void> };

/** Starts a hashing thread. Close it, or the process does not exit. */
export function startHashThread(): HashThread {
  const worker = new Worker(new URL("./hash-worker.ts", import.meta.url));
  const waiting: { settle: (response: HashResponse) => void; fail: (error: unknown) => void }[] = [];
  worker.on("message", (response: HashResponse) => waiting.shift()?.settle(response));
  worker.on("error", (error) => {
    for (const { fail } of waiting.splice(0)) fail(error);
  });
  return {
    request: (request) =>
      new Promise((settle, fail) => {
        waiting.push({ settle, fail });
        // oxlint-disable-next-line unicorn/require-post-message-target-origin -- a thread's port, not a window
        worker.postMessage(request);
      }),
    close: async () => void (await worker.terminate()),
  };
}
