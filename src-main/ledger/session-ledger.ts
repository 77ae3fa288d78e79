import { compareCounters, EMPTY_LEDGER, type LedgerHead } from "../../src-shared/ledger/index.ts";
import type { License } from "../../src-shared/license/index.ts";

/** The one door for counters. This one remembers for as long as the app runs. */
export type Ledger = {
  readonly head: () => LedgerHead;
  /** Raises the counters to what a good verdict has shown; never lowers one. */
  readonly commit: (license: License) => void;
};

export function createSessionLedger(): Ledger {
  let head = EMPTY_LEDGER;
  return {
    head: () => head,
    commit({ claims, counter, payloadHash }) {
      const seen = head.licenses.get(claims.lid);
      if (seen && compareCounters(counter, seen) <= 0) return;
      const licenses = new Map(head.licenses).set(claims.lid, { ...counter, payloadHash });
      head = { ...head, licenses, trustedTime: Math.max(head.trustedTime, claims.iat) };
    },
  };
}
