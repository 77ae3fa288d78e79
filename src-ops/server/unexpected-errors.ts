import { describeError } from "../../src-shared/unexpected-error.ts";

/** The part of the server that met an error nobody planned for. */
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

/** Takes anything that was thrown. Expected failures, such as a full disk, do not belong here. */
export type ReportError = (source: ErrorSource, thrown: unknown) => void;

/** As BSD's sysexits.h calls an internal software error. */
const EX_SOFTWARE = 70;

/**
 * Writes each unexpected error as one log line and counts it. The line has the kind of the error, its code and its
 * innermost functions; the message is left out, because it may hold what a file or a person says.
 */
export function createErrorReporter(
  note: (event: string, fields: Readonly<Record<string, string>>) => void,
  count: (source: ErrorSource) => void,
): ReportError {
  // An error that is thrown on passes several catches: the first one reports it.
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
 * Reports what no catch met. A rejected promise leaves other requests as they were, so the server goes on. After an
 * uncaught exception nobody knows what state it is in: it ends with code 70, and its service manager starts it again.
 */
export function reportProcessErrors(report: ReportError): void {
  process.on("unhandledRejection", (reason) => report("rejection", reason));
  process.on("uncaughtException", (error) => {
    report("uncaught", error);
    process.exit(EX_SOFTWARE);
  });
}
