import type { Milliseconds } from "../../src-shared/units.ts";
import type { UnexpectedErrors } from "./unexpected-errors.ts";

/** A restart that did not help is not repeated: within this time after one, the app goes on instead. */
const AFTER_RESTART_MS: Milliseconds = 600_000;

export type ProcessErrorsPorts = {
  readonly errors: Pick<UnexpectedErrors, "record">;
  /** Whether this process was started because another one had failed. */
  readonly isRestarted: boolean;
  readonly upMs: () => Milliseconds;
  /** Starts the app again and ends this process in an orderly way. */
  readonly restart: () => void;
};

/** What is needed of `process`. */
export type ProcessEvents = {
  readonly on: (event: "uncaughtException" | "unhandledRejection", listener: (thrown: unknown) => void) => unknown;
};

/**
 * Records what nobody has caught. After an exception the state of the process is unknown (Node.js documentation, "Warning:
 * Using 'uncaughtException' correctly"), so the app starts again; a rejected promise has interrupted nothing else, so it
 * goes on.
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
