import { Worker } from "node:worker_threads";
import type { TrustRoots } from "../../src-shared/jws/index.ts";
import { err } from "../../src-shared/result.ts";
import type { Milliseconds } from "../../src-shared/units.ts";
import type { ExaminedStick } from "./examine-stick.ts";

/** Reads and checks sticks. */
export type StickReader = {
  /** A stick that cannot be checked, or not in time, is `UNTRUSTED`. */
  readonly examine: (root: string, roots: TrustRoots) => Promise<ExaminedStick>;
};

// The largest catalog takes half of it on the slowest stick; checking what a hostile stick may make us check, a tenth.
const TIME_LIMIT: Milliseconds = 60_000;

const UNCHECKED: ExaminedStick = { vault: err("UNTRUSTED"), refused: undefined };

/**
 * Reads sticks in a thread of its own, one thread per stick, which ends with its answer and leaves no memory in use.
 *
 * @param workerFile the built `stick-worker`
 * @param failed gets the unexpected error of a thread
 */
export function createStickReader(
  workerFile: string,
  failed: (thrown: unknown) => void,
  timeLimit: Milliseconds = TIME_LIMIT,
): StickReader {
  return {
    examine: (root, roots) =>
      new Promise((resolve) => {
        const worker = new Worker(workerFile, { workerData: { root, roots } });
        const timer = setTimeout(() => void worker.terminate(), timeLimit);
        worker.once("message", resolve);
        worker.once("error", failed);
        // After an answer this has no effect.
        worker.once("exit", () => {
          clearTimeout(timer);
          resolve(UNCHECKED);
        });
      }),
  };
}
