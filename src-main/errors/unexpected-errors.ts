import { describeError, type ErrorReport, type ErrorSource } from "../../src-shared/unexpected-error.ts";
import type { CallName } from "../../src-shared/ipc/index.ts";
import { MINUTE, type Milliseconds, type UnixSeconds } from "../../src-shared/units.ts";
import type { Log } from "../log/index.ts";

/**
 * If the same error occurs again within this time it is counted but not logged: a failing loop must not fill the disk.
 */
const LOG_INTERVAL_MS: Milliseconds = MINUTE * 1_000;
const MAX_KNOWN = 100;

export type UnexpectedError = ErrorReport & {
  readonly source: ErrorSource;
  readonly at: UnixSeconds;
  /** The call whose handler failed. */
  readonly call?: CallName;
};

/** Errors that only a bug can cause: logged without their message, counted, and shown in the diagnostics. */
export type UnexpectedErrors = {
  /** Records anything that was thrown; the same object only once. */
  readonly record: (source: ErrorSource, thrown: unknown, call?: CallName) => void;
  /** Records an error that the page has described. */
  readonly recordReport: (source: ErrorSource, report: ErrorReport) => void;
  readonly count: () => number;
  readonly last: () => UnexpectedError | undefined;
  /** Calls the listener for each error from then on. */
  readonly subscribe: (listener: (error: UnexpectedError) => void) => void;
};

export type UnexpectedErrorsPorts = {
  readonly log: Log;
  readonly now: () => UnixSeconds;
  readonly monotonic: () => Milliseconds;
};

export function createUnexpectedErrors({ log, now, monotonic }: UnexpectedErrorsPorts): UnexpectedErrors {
  const recorded = new WeakSet<object>();
  const loggedAt = new Map<string, Milliseconds>();
  const listeners: ((error: UnexpectedError) => void)[] = [];
  let count = 0;
  let last: UnexpectedError | undefined;

  function add(source: ErrorSource, report: ErrorReport, call?: CallName): void {
    count++;
    last = { ...report, source, at: now(), ...(call === undefined ? {} : { call }) };
    const { kind, code } = report;
    const fields = { source, kind, code, frames: report.frames.join(" "), ...(call === undefined ? {} : { call }) };
    if (isDue(JSON.stringify(fields))) log("app.unexpected", fields);
    for (const listener of listeners) notify(listener, last);
  }

  function isDue(name: string): boolean {
    const before = loggedAt.get(name);
    if (before !== undefined && monotonic() - before < LOG_INTERVAL_MS) return false;
    if (loggedAt.size >= MAX_KNOWN) loggedAt.clear();
    loggedAt.set(name, monotonic());
    return true;
  }

  return {
    record(source, thrown, call) {
      if (typeof thrown === "object" && thrown !== null) {
        if (recorded.has(thrown)) return;
        recorded.add(thrown);
      }
      add(source, describeError(thrown), call);
    },
    recordReport: add,
    count: () => count,
    last: () => last,
    subscribe: (listener) => void listeners.push(listener),
  };
}

function notify(listener: (error: UnexpectedError) => void, error: UnexpectedError): void {
  try {
    listener(error);
  } catch {
    // A listener that fails is a second bug. If its error were thrown further, it would end the process.
  }
}
