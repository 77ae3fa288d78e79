export { compactRecord, textForDigest } from "./compact.ts";
export { floorOf } from "./floor.ts";
export {
  compareCounters,
  type Counter,
  EMPTY_LEDGER,
  isBehind,
  type LedgerHead,
  type SeenCounter,
  type UpdateCounters,
} from "./ledger.ts";
export {
  type FileFinding,
  forStick,
  hasSameContent,
  type KeychainFinding,
  type LedgerRefusal,
  reconcile,
  type Reconciled,
  type Witness,
} from "./reconcile.ts";
export { formatRecord, type LedgerRecord, parseRecord } from "./record.ts";
export { isReturned, returnedCounter } from "./returned.ts";
export { CLOCK_TOLERANCE, raise, type LedgerUpdate } from "./ledger-update.ts";
