export { type FileSteps, nodeFileSteps } from "./file-steps.ts";
export { inspectLedger, type LedgerInspection } from "./inspect-ledger.ts";
export { createLedger, type Ledger } from "./ledger.ts";
export type { LedgerPorts } from "./ports.ts";
export type { CommitError, LedgerState } from "./record-store.ts";
export type { Stick } from "./stick-copy.ts";
export { withWriterLock } from "./writer-lock.ts";
