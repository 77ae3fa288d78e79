import type { Milliseconds } from "../../src-shared/units.ts";
import type { UnexpectedErrors } from "./unexpected-errors.ts";

/** A restart that did not help is not repeated: for this long after a restart, the app goes on instead. */
const AFTER_RESTART_MS: Milliseconds = 600_000;

export type ProcessErrorsPorts = {
  readonly errors: Pick<UnexpectedErrors, "record">;
  /** Whether this process was started because a previous one had failed. */
  readonly isRestarted: boolean;
  readonly upMs: () => Milliseconds;
  /** Starts a new process of the app and ends this one in an orderly way. */
  readonly restart: () => void;
};

/** The parts of `process` that are used. */
export type ProcessEvents = {
  readonly on: (event: "uncaughtException" | "unhandledRejection", listener: (thrown: unknown) => void) => unknown;
};

/**
 * Records exceptions and rejections that nothing has caught. After an exception the state of the process is unknown
 * (Node.js documentation, "Warning: Using 'uncaughtException' correctly"), so the app restarts; a rejected promise has
 * interrupted nothing else, so the app goes on.
 */
export function watchProcessErrors(process: ProcessEvents, ports: ProcessErrorsPorts): void {
  let isRestarting = false;
  process.on("unhandledRejection", (thrown) => ports.errors.record("rejection", thrown));
  process.on("uncaughtException", (thrown) => {
    ports.errors.record("uncaught", thrown);
    const hasJustRestarted = ports.isRestarted && ports.upMs() < AFTER_RESTART_MS;
    if (isRestarting || hasJustRestarted) return;
    isRestarting = true;
    ports.restart();
  });
}
