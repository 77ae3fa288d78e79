import type { Json } from "../encoding/strict-json.ts";
import type { UnixSeconds } from "../units.ts";

/** (key generation, sequence), compared in that order (design.md, Trust). */
export type Counter = { readonly generation: number; readonly sequence: number };

/**
 * A counter and the hash of its payload: base64url, complete or its first 11 characters (66 bits) if space is limited.
 */
export type SeenCounter = Counter & { readonly payloadHash: string };

/** What the update feed has shown (docs/formats/update-feed.md). Members that this build does not know are in `unknown`. */
export type UpdateCounters = {
  /** Versions of the feed's metadata by role, and of `security.json` by that name. */
  readonly roles: ReadonlyMap<string, Counter>;
  /** Releases and halts by ring; their hashes are always short. */
  readonly rings: ReadonlyMap<string, SeenCounter>;
  readonly halts: ReadonlyMap<string, SeenCounter>;
  /** The latest halt of each build that was ever halted, by `<ring>/<build>`. The ring's document says which are lifted. */
  readonly halted: ReadonlyMap<string, Counter>;
  readonly unknown: { readonly [name: string]: Json };
};

/**
 * The highest values that this installation has seen of every counter, and its clocks. Every counter in the product is
 * here.
 */
export type LedgerHead = {
  /** By license id; the one that rose last is the last entry. */
  readonly licenses: ReadonlyMap<string, SeenCounter>;
  /** Raised by the publisher to retire every license made before. */
  readonly licenseEpoch: number;
  readonly revocations: Counter;
  /** Of the list of valid keys, signed by the publisher's parent key. */
  readonly keyManifest: Counter;
  /** By stick id: an older manifest on the same stick is a rollback of its content and of its `minSeq`. */
  readonly manifests: ReadonlyMap<string, SeenCounter>;
  /** No build below this `buildEpoch` is installed. */
  readonly buildFloor: number;
  readonly updates: UpdateCounters;
  /** The latest signed time seen: the clock cannot be before it. */
  readonly trustedTime: UnixSeconds;
  /**
   * The latest local time seen since `trustedTime` rose: a soft mark. The pair (trustedTime, seenTime) only rises, so a
   * newer signed time resets a mark that a wrong clock had set too far ahead.
   */
  readonly seenTime: UnixSeconds;
};

export const EMPTY_LEDGER: LedgerHead = {
  licenses: new Map(),
  licenseEpoch: 0,
  revocations: { generation: 0, sequence: 0 },
  keyManifest: { generation: 0, sequence: 0 },
  manifests: new Map(),
  buildFloor: 0,
  updates: { roles: new Map(), rings: new Map(), halts: new Map(), halted: new Map(), unknown: {} },
  trustedTime: 0,
  seenTime: 0,
};

/** Negative: `a` is older than `b`. Zero: the same. Positive: newer. */
export function compareCounters(a: Counter, b: Counter): number {
  return a.generation - b.generation || a.sequence - b.sequence;
}

/** Whether a payload is older than what was seen, or a different one with the same counter. */
export function isBehind(payload: SeenCounter, seen: SeenCounter): boolean {
  const order = compareCounters(payload, seen);
  return order < 0 || (order === 0 && !isSamePayload(payload.payloadHash, seen.payloadHash));
}

/** One of the two may be shortened, but never below 11 characters: an empty hash is not a hash. */
export function isSamePayload(a: string, b: string): boolean {
  const length = Math.min(a.length, b.length);
  return length >= SHORT_HASH_CHARS && a.slice(0, length) === b.slice(0, length);
}

export const SHORT_HASH_CHARS = 11;
