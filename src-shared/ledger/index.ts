export { compareCounters, type Counter, EMPTY_LEDGER, type LedgerHead } from "./ledger.ts";
