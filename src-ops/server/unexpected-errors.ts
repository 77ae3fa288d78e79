import { describeError } from "../../src-shared/unexpected-error.ts";

/** The part of the server in which an unexpected error occurred. */
export const ERROR_SOURCES = [
  "http",
  "ingest",
  "metrics",
  "watch",
  "probe",
  "alerts",
  "rejection",
  "uncaught",
] as const;
export type ErrorSource = (typeof ERROR_SOURCES)[number];

/** Accepts any thrown value. Expected failures, such as a full disk, must not be reported here. */
export type ReportError = (source: ErrorSource, thrown: unknown) => void;

/** The exit code for an internal software error in BSD's sysexits.h. */
const EX_SOFTWARE = 70;

/**
 * Writes each unexpected error as one log line and counts it. The line contains the kind of the error, its code and its
 * innermost functions. The message is left out, because it may contain data from files or people.
 */
export function createErrorReporter(
  note: (event: string, fields: Readonly<Record<string, string>>) => void,
  count: (source: ErrorSource) => void,
): ReportError {
  // An error that is rethrown is caught several times. Only the first catch reports it.
  const reported = new WeakSet<object>();
  return (source, thrown) => {
    if (typeof thrown === "object" && thrown !== null) {
      if (reported.has(thrown)) return;
      reported.add(thrown);
    }
    count(source);
    const { kind, code, frames } = describeError(thrown);
    note("server.unexpected", { source, kind, code, frames: frames.join(" ") });
  };
}

/**
 * Reports errors that nothing caught. A rejected promise does not affect other requests, so the server continues. After an
 * uncaught exception its state is unknown: it exits with code 70, and its service manager restarts it.
 */
export function reportProcessErrors(report: ReportError): void {
  process.on("unhandledRejection", (reason) => report("rejection", reason));
  process.on("uncaughtException", (error) => {
    report("uncaught", error);
    process.exit(EX_SOFTWARE);
  });
}
