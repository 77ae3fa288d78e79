import { type Counter, compareCounters, type LedgerHead, type SeenCounter, type UpdateCounters } from "./ledger.ts";
import { isReturned } from "./returned.ts";

/**
 * The higher of two heads, counter by counter: nothing in the result is below either. If both are equal, `a` comes
 * first.
 */
export function floorOf(a: LedgerHead, b: LedgerHead): LedgerHead {
  return {
    licenses: higherOfEach(a.licenses, b.licenses),
    licenseEpoch: Math.max(a.licenseEpoch, b.licenseEpoch),
    revocations: higher(a.revocations, b.revocations),
    keyManifest: higher(a.keyManifest, b.keyManifest),
    manifests: higherOfEach(a.manifests, b.manifests),
    buildFloor: Math.max(a.buildFloor, b.buildFloor),
    updates: higherUpdates(a.updates, b.updates),
    ...laterClock(a, b),
  };
}

/** The clocks of the head that saw the newer signed time; if these are equal, the later local time. */
function laterClock(a: LedgerHead, b: LedgerHead): Pick<LedgerHead, "trustedTime" | "seenTime"> {
  const first = a.trustedTime - b.trustedTime || a.seenTime - b.seenTime;
  const { trustedTime, seenTime } = first >= 0 ? a : b;
  return { trustedTime, seenTime };
}

function higherUpdates(a: UpdateCounters, b: UpdateCounters): UpdateCounters {
  return {
    roles: higherOfEach(a.roles, b.roles),
    rings: higherOfEach(a.rings, b.rings),
    halts: higherOfEach(a.halts, b.halts),
    halted: higherOfEach(a.halted, b.halted),
    unknown: { ...b.unknown, ...a.unknown },
  };
}

function higherOfEach<C extends Counter>(a: ReadonlyMap<string, C>, b: ReadonlyMap<string, C>): Map<string, C> {
  const merged = new Map(a);
  for (const [id, counter] of b) {
    const other = merged.get(id);
    merged.set(id, other ? higher(other, counter) : counter);
  }
  return merged;
}

function higher<C extends Counter>(a: C, b: C): C {
  const order = compareCounters(a, b);
  if (order !== 0) return order > 0 ? a : b;
  // A returned license stays returned, even if one witness does not know it.
  if (isReturned(a) !== isReturned(b)) return isReturned(a) ? a : b;
  return hashLength(b) > hashLength(a) ? b : a;
}

// A hash that was shortened for the keychain is replaced by the complete one.
function hashLength(counter: Counter | SeenCounter): number {
  return "payloadHash" in counter ? counter.payloadHash.length : 0;
}
