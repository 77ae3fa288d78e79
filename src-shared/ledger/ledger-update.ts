import { DAY, HOUR, type UnixSeconds } from "../units.ts";
import { floorOf } from "./floor.ts";
import {
  type Counter,
  EMPTY_LEDGER,
  type LedgerHead,
  SHORT_HASH_CHARS,
  type SeenCounter,
  type UpdateCounters,
} from "./ledger.ts";

/** How far the clock may be behind the latest known time before it is considered wrong. */
export const CLOCK_TOLERANCE = DAY;

// The local time is written at most once an hour, to limit wear.
const SEEN_TIME_STEP = HOUR;

/**
 * What the ledger learns from something verified: a license with a good verdict, a revocation list with a valid
 * signature.
 */
export type LedgerUpdate = {
  /** The local clock. */
  readonly now: UnixSeconds;
  /** The time under the signature. */
  readonly signedTime?: UnixSeconds;
  readonly license?: SeenCounter & { readonly id: string };
  readonly licenseEpoch?: number;
  readonly revocations?: Counter;
  readonly keyManifest?: Counter;
  readonly manifest?: SeenCounter & { readonly stickId: string };
  readonly buildFloor?: number;
  readonly updates?: Omit<UpdateCounters, "unknown">;
};

/** The head after an update. No counter is lower than before. */
export function raise(head: LedgerHead, update: LedgerUpdate): LedgerHead {
  const { license, licenseEpoch, revocations, keyManifest, manifest, buildFloor, updates } = update;
  const shown: LedgerHead = {
    ...EMPTY_LEDGER,
    licenseEpoch: licenseEpoch ?? 0,
    revocations: revocations ?? EMPTY_LEDGER.revocations,
    keyManifest: keyManifest ?? EMPTY_LEDGER.keyManifest,
    licenses: license ? new Map([[license.id, seenCounter(license)]]) : EMPTY_LEDGER.licenses,
    manifests: manifest ? new Map([[manifest.stickId, seenCounter(manifest)]]) : EMPTY_LEDGER.manifests,
    buildFloor: buildFloor ?? 0,
    updates: updates ? shownUpdates(updates) : EMPTY_LEDGER.updates,
  };
  const raised = floorOf(head, shown);
  return {
    ...raised,
    licenses: newestLast(raised.licenses, head.licenses, license?.id),
    manifests: newestLast(raised.manifests, head.manifests, manifest?.stickId),
    ...clockAfter(head, update),
  };
}

function clockAfter(head: LedgerHead, { now, signedTime = 0 }: LedgerUpdate) {
  // A signed time in the future is ignored: it would lock the app until that date.
  const isNewer = signedTime > head.trustedTime && signedTime <= now + CLOCK_TOLERANCE;
  if (isNewer) return { trustedTime: signedTime, seenTime: Math.max(now, signedTime) };
  const seenTime = now >= head.seenTime + SEEN_TIME_STEP ? now : head.seenTime;
  return { trustedTime: head.trustedTime, seenTime };
}

function seenCounter({ generation, sequence, payloadHash }: SeenCounter): SeenCounter {
  return { generation, sequence, payloadHash };
}

// Shortened from the start: the release and the halt of a ring must always fit into the keychain.
function shownUpdates({ roles, rings, halts, halted }: Omit<UpdateCounters, "unknown">): UpdateCounters {
  return { roles, rings: withShortHashes(rings), halts: withShortHashes(halts), halted, unknown: {} };
}

function withShortHashes(counters: ReadonlyMap<string, SeenCounter>): Map<string, SeenCounter> {
  return new Map(
    Array.from(counters, ([name, { generation, sequence, payloadHash }]) => [
      name,
      { generation, sequence, payloadHash: payloadHash.slice(0, SHORT_HASH_CHARS) },
    ]),
  );
}

// The counter that rose last is dropped last when space is limited.
function newestLast(
  raised: ReadonlyMap<string, SeenCounter>,
  before: ReadonlyMap<string, SeenCounter>,
  id: string | undefined,
): ReadonlyMap<string, SeenCounter> {
  const counter = id === undefined ? undefined : raised.get(id);
  if (id === undefined || !counter || counter === before.get(id)) return raised;
  const moved = new Map(raised);
  moved.delete(id);
  return moved.set(id, counter);
}
