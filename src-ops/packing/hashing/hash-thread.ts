import { Worker } from "node:worker_threads";
import type { HashResponse, HashRequest } from "./hash-worker.ts";

export type HashThread = { request(request: HashRequest): Promise<HashResponse>; close(): Promise<void> };

type Waiting = { readonly settle: (response: HashResponse) => void; readonly fail: (error: unknown) => void };
type Thread = { readonly worker: Worker; readonly waiting: Waiting[]; failure?: unknown };

/** Threads that were closed, for the next user: starting one takes a tenth of a second. They do not keep the process alive. */
const idle = new Set<Thread>();

/** Opens a hashing thread of one's own. Close it, or the process does not exit. */
export function openHashThread(): HashThread {
  const [thread = startThread()] = idle;
  idle.delete(thread);
  thread.worker.ref();
  return {
    request: (request) => ask(thread, request),
    async close() {
      if (thread.failure !== undefined || thread.waiting.length > 0) return void (await thread.worker.terminate());
      await ask(thread, { kind: "forget" });
      thread.worker.unref();
      idle.add(thread);
    },
  };
}

function startThread(): Thread {
  const worker = new Worker(new URL("./hash-worker.ts", import.meta.url));
  const thread: Thread = { worker, waiting: [] };
  worker.on("message", (response: HashResponse) => thread.waiting.shift()?.settle(response));
  worker.on("error", (error) => {
    thread.failure = error;
    idle.delete(thread);
    for (const { fail } of thread.waiting.splice(0)) fail(error);
  });
  return thread;
}

function ask({ worker, waiting, failure }: Thread, request: HashRequest): Promise<HashResponse> {
  if (failure !== undefined) return Promise.reject(failure);
  return new Promise((settle, fail) => {
    waiting.push({ settle, fail });
    // oxlint-disable-next-line unicorn/require-post-message-target-origin -- a thread's port, not a window
    worker.postMessage(request);
  });
}
