import type { App, BrowserWindow } from "electron";
import { type Crash, CRASH_REASONS, type SessionChange } from "../../src-shared/telemetry/index.ts";
import type { Milliseconds } from "../../src-shared/units.ts";
import type { Log } from "../log/index.ts";

const USABLE_WITHIN_MS: Milliseconds = 30_000;

export type ProcessWatchPorts = {
  readonly app: App;
  readonly window: BrowserWindow;
  readonly note: (change: SessionChange) => void;
  readonly report: (crash: Crash) => void;
  readonly log: Log;
  readonly monotonic: () => Milliseconds;
  /** Since the process was started. */
  readonly sinceStart: () => Milliseconds;
};

/** Watches the processes of the app: a healthy start, crashes, and the time in which the page did not respond. */
export function watchProcesses({ app, window, note, report, log, monotonic, sinceStart }: ProcessWatchPorts) {
  let down: { since: Milliseconds | undefined; total: Milliseconds } = { since: undefined, total: 0 };
  let isStarting = true;
  let isEnding = false;
  const startTimeout = setTimeout(() => started(false), USABLE_WITHIN_MS);

  function started(succeeded: boolean): void {
    if (!isStarting) return;
    isStarting = false;
    clearTimeout(startTimeout);
    note(
      succeeded
        ? { kind: "usable", startMs: sinceStart() }
        : { kind: "operation", operation: "start", succeeded: false },
    );
  }

  function crashed(process: Crash["process"], reason: string): void {
    note({ kind: "crash", process });
    // A newer Electron may give other reasons.
    report({ process, reason: CRASH_REASONS.find((known) => known === reason) ?? "crashed" });
  }

  function isDown(): void {
    down = { ...down, since: down.since ?? monotonic() };
  }

  function isUp(): void {
    down = { since: undefined, total: downMs() };
  }

  function downMs(): Milliseconds {
    return down.total + (down.since === undefined ? 0 : monotonic() - down.since);
  }

  const { webContents } = window;
  webContents.on("did-finish-load", () => {
    isUp();
    started(true);
  });
  webContents.on("unresponsive", isDown);
  webContents.on("responsive", isUp);
  webContents.on("render-process-gone", (_event, { reason }) => {
    if (isEnding || reason === "clean-exit") return;
    isDown();
    started(false);
    crashed("renderer", reason);
    log("process.gone", { process: "renderer", reason });
  });
  app.on("child-process-gone", (_event, { type, reason }) => {
    if (isEnding || reason === "clean-exit") return;
    if (type === "GPU") crashed("gpu", reason);
    log("process.gone", { process: type, reason });
  });
  // From here on processes end because the app quits.
  app.on("before-quit", () => {
    isEnding = true;
    clearTimeout(startTimeout);
  });

  return {
    downMs,
    /** The error that ended the worker is logged where it occurs. */
    workerGone(): void {
      crashed("worker", "crashed");
    },
  };
}
