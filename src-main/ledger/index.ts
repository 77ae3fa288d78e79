export { createSessionLedger, type Ledger } from "./session-ledger.ts";
