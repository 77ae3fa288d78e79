import type { CallInput, VaultBridge } from "../../src-shared/ipc/index.ts";
import { describeError } from "../../src-shared/unexpected-error.ts";

type Source = CallInput<"app.report-fault">["source"];

/** Reports an error to the main process, without anything that it says. */
export function reportError(bridge: VaultBridge, source: Source, thrown: unknown): void {
  void bridge.call("app.report-fault", { source, report: describeError(thrown) });
}

/** Reports what nothing in the page has caught. */
export function watchPageErrors(bridge: VaultBridge): void {
  window.addEventListener("error", ({ error }) => {
    // Without an error object it is a warning of the browser, such as a layout that took two turns.
    if (error !== null && error !== undefined) reportError(bridge, "window", error);
  });
  window.addEventListener("unhandledrejection", ({ reason }) => {
    if (!isAborted(reason)) reportError(bridge, "promise", reason);
  });
}

// Playing that is interrupted by the next command is no failure.
function isAborted(reason: unknown): boolean {
  return reason instanceof DOMException && reason.name === "AbortError";
}
