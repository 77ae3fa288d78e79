export { composeDiagnostics, type DiagnosticFacts } from "./compose-diagnostics.ts";
export { type DiagnosticsPorts, gatherDiagnostics } from "./gather-diagnostics.ts";
export { readLogTail } from "./log-tail.ts";
