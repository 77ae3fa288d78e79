import { utf8 } from "../encoding/text.ts";
import type { Bytes } from "../units.ts";
import { EMPTY_LEDGER, type LedgerHead, SHORT_HASH_CHARS, type SeenCounter } from "./ledger.ts";
import { formatRecord, type LedgerRecord } from "./record.ts";

// The latest halts, which decide about the next update. The sealed file has them all.
const HALTED_IN_KEYCHAIN = 8;

type Entry = readonly [id: string, counter: SeenCounter];

/**
 * The record reduced to a number of bytes: hashes are cut to 66 bits, then the licenses and sticks that rose longest
 * ago are left out (about forty fit into a keychain's 2,560 bytes), then members of newer builds, then what the update
 * feed has shown. The other counters and the clocks are always kept. Of what is left out, the keychain has the digest, and the sealed file the content.
 */
export function compactRecord(record: LedgerRecord, maxBytes: Bytes): LedgerRecord {
  const bare = withEntries(record, [], []);
  const kept = [bare, withoutUnknown(bare)].find((smaller) => sizeOf(smaller) <= maxBytes) ?? withoutUpdates(bare);
  let room = maxBytes - sizeOf(kept);
  const licenses = newestFirst(record.head.licenses);
  const manifests = newestFirst(record.head.manifests);
  const included = { licenses: [] as Entry[], manifests: [] as Entry[] };
  // One license, one stick, and so on: each gets half of the space.
  for (let i = 0; i < Math.max(licenses.length, manifests.length); i++) {
    for (const [list, entry] of [
      [included.licenses, licenses[i]] as const,
      [included.manifests, manifests[i]] as const,
    ]) {
      if (!entry) continue;
      room -= entrySize(entry);
      if (room < 0) return withEntries(kept, included.licenses, included.manifests);
      list.push(entry);
    }
  }
  return withEntries(kept, included.licenses, included.manifests);
}

/**
 * The text whose digest stands for a whole record. It is the same for a record and for its compact form if nothing had
 * to be left out: hashes are short, and the order of the entries does not count.
 */
export function textForDigest(record: LedgerRecord): string {
  const { licenses, manifests } = record.head;
  return formatRecord({
    ...record,
    head: { ...record.head, licenses: sorted(licenses), manifests: sorted(manifests) },
  });
}

function sorted(counters: ReadonlyMap<string, SeenCounter>): Map<string, SeenCounter> {
  return new Map(newestFirst(counters).toSorted(([a], [b]) => (a < b ? -1 : 1)));
}

function newestFirst(counters: ReadonlyMap<string, SeenCounter>): Entry[] {
  return [...counters]
    .toReversed()
    .map(([id, seen]) => [id, { ...seen, payloadHash: seen.payloadHash.slice(0, SHORT_HASH_CHARS) }]);
}

function withEntries(record: LedgerRecord, licenses: readonly Entry[], manifests: readonly Entry[]): LedgerRecord {
  const { updates } = record.head;
  const head: LedgerHead = {
    ...record.head,
    licenses: new Map(licenses.toReversed()),
    manifests: new Map(manifests.toReversed()),
    updates: { ...updates, halted: new Map([...updates.halted].slice(-HALTED_IN_KEYCHAIN)) },
  };
  return { ...record, head };
}

function withoutUnknown(record: LedgerRecord): LedgerRecord {
  const updates = { ...record.head.updates, unknown: {} };
  return { ...record, head: { ...record.head, updates }, unknown: {} };
}

function withoutUpdates(record: LedgerRecord): LedgerRecord {
  const bare = withoutUnknown(record);
  return { ...bare, head: { ...bare.head, updates: EMPTY_LEDGER.updates } };
}

const sizeOf = (record: LedgerRecord): Bytes => utf8(formatRecord(record)).length;

// With the comma before the next one.
function entrySize([id, { generation, sequence, payloadHash }]: Entry): Bytes {
  return JSON.stringify([id, generation, sequence, payloadHash]).length + 1;
}
