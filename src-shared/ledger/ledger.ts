import type { UnixSeconds } from "../units.ts";

/** (key generation, sequence), compared in that order (design.md, Trust). */
export type Counter = { readonly generation: number; readonly sequence: number };

/** The highest values this install has seen of every counter, and its clocks. Every counter in the product is here. */
export type LedgerHead = {
  readonly licenses: ReadonlyMap<string, Counter & { readonly payloadHash: string }>;
  /** Raised by the publisher to retire every license made before. */
  readonly licenseEpoch: number;
  readonly revocations: Counter;
  /** By stick id: an older manifest on the same stick is a rollback of its content and of its `minSeq`. */
  readonly manifests: ReadonlyMap<string, Counter>;
  /** The latest signed time seen: the clock cannot be before it. */
  readonly trustedTime: UnixSeconds;
};

export const EMPTY_LEDGER: LedgerHead = {
  licenses: new Map(),
  licenseEpoch: 0,
  revocations: { generation: 0, sequence: 0 },
  manifests: new Map(),
  trustedTime: 0,
};

/** Negative: `a` is older than `b`. Zero: the same. Positive: newer. */
export function compareCounters(a: Counter, b: Counter): number {
  return a.generation - b.generation || a.sequence - b.sequence;
}
