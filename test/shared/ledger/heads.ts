import * as fc from "fast-check";
import { EMPTY_LEDGER, type LedgerHead, type LedgerRecord } from "../../../src-shared/ledger/index.ts";
import { testId } from "../../fakes/test-keys.ts";

/** A head in which only the given members are not empty. */
export function head(members: Partial<LedgerHead> = {}): LedgerHead {
  return { ...EMPTY_LEDGER, ...members };
}

export function record(members: Partial<LedgerHead> = {}, gen = 1): LedgerRecord {
  return { installId: testId("install"), gen, head: head(members), unknown: {} };
}

/** A 43-character hash that depends only on the phrase. */
export const hash = (phrase: string) => testId(phrase).padEnd(43, "A");

const counter = fc.record({ generation: fc.nat(3), sequence: fc.nat(5) });
const ids = fc.constantFrom("a", "b", "c");
const named = fc.array(fc.tuple(ids, counter), { maxLength: 3 }).map((entries) => new Map(entries));
// The payload depends on the counter: two payloads with one counter are refused before they get here.
const seen = fc
  .array(fc.tuple(ids, counter), { maxLength: 3 })
  .map(
    (entries) =>
      new Map(
        entries.map(([id, c]) => [testId(id), { ...c, payloadHash: hash(`${id} ${c.generation} ${c.sequence}`) }]),
      ),
  );

/** Any head, with few values so that equal and crossing counters are frequent. */
export const anyHead: fc.Arbitrary<LedgerHead> = fc.record({
  licenses: seen,
  licenseEpoch: fc.nat(3),
  revocations: counter,
  keyManifest: counter,
  manifests: seen,
  buildFloor: fc.nat(3),
  updates: fc.record({ roles: named, rings: seen, halts: seen, halted: named, unknown: fc.constant({}) }),
  trustedTime: fc.nat(4),
  seenTime: fc.nat(4),
});
