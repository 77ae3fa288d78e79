import { app } from "electron";
import { createUnexpectedErrors, type UnexpectedErrors, watchProcessErrors } from "../errors/index.ts";
import type { Log } from "../log/index.ts";
import { AFTER_FAILURE } from "./allowed-switches.ts";
import type { ErrorSource } from "../../src-shared/unexpected-error.ts";

/** The viewer sees these errors where they occur: as the response to a call, or in place of the page. */
const SHOWN_IN_PLACE: readonly ErrorSource[] = ["ipc", "render"];

export type AppErrors = UnexpectedErrors & {
  /** Records an unexpected error of one part of the app. */
  readonly from: (source: ErrorSource) => (thrown: unknown) => void;
  /** The number of errors the viewer is told about, including the one that made the app restart. */
  readonly notices: () => number;
};

/** Wires the record of unexpected errors for this app, and the reactions to them. */
export function createAppErrors(ports: { readonly log: Log; readonly isAfterFailure: boolean }): AppErrors {
  const { log, isAfterFailure } = ports;
  const errors = createUnexpectedErrors({
    log,
    now: () => Math.floor(Date.now() / 1000),
    monotonic: () => performance.now(),
  });
  let notices = isAfterFailure ? 1 : 0;
  errors.subscribe(({ source }) => {
    if (!SHOWN_IN_PLACE.includes(source)) notices++;
  });
  watchProcessErrors(process, { errors, isRestarted: isAfterFailure, upMs: () => performance.now(), restart });
  return { ...errors, from: (source) => (thrown) => errors.record(source, thrown), notices: () => notices };
}

function restart(): void {
  const args = process.argv.slice(1).filter((word) => word !== AFTER_FAILURE);
  // The mounted files of an AppImage are gone when its process ends.
  app.relaunch({ args: [AFTER_FAILURE, ...args], execPath: process.env["APPIMAGE"] ?? process.execPath });
  app.quit();
}
