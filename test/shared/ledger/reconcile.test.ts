import { describe, expect, it } from "vitest";
import {
  EMPTY_LEDGER,
  forStick,
  type LedgerRecord,
  reconcile,
  textForDigest,
} from "../../../src-shared/ledger/index.ts";
import { testId } from "../../fakes/test-keys.ts";
import { hash, record } from "./heads.ts";

const digestOf = (r: LedgerRecord) => `digest of ${textForDigest(r)}`;
/** The keychain's entry for a record of which it has only a part. */
const part = (r: LedgerRecord, whole: LedgerRecord) => ({ kind: "good", record: r, digest: digestOf(whole) }) as const;
const entry = (r: LedgerRecord) => part(r, r);
const file = (r: LedgerRecord, ...ancestors: LedgerRecord[]) =>
  ({ kind: "good", record: r, ancestors: ancestors.map(digestOf) }) as const;
const [absent, bad] = [{ kind: "absent" } as const, { kind: "bad" } as const];
const [older, newer] = [record({ licenseEpoch: 1 }, 4), record({ licenseEpoch: 2 }, 5)];
/** The same write as `newer`, with a license that did not fit into the keychain. */
const seen = { generation: 1, sequence: 2, payloadHash: hash("x") };
const large = record({ licenseEpoch: 2, licenses: new Map([[testId("license"), seen]]) }, 5);

describe("keychain and file together", () => {
  it.each([
    ["a locked keychain never counts as absent", { kind: "locked" } as const, absent, { state: "STORE_LOCKED" }],
    ["nor if there is a file", { kind: "locked" } as const, bad, { state: "STORE_LOCKED" }],
    ["no keychain", { kind: "none" } as const, absent, { state: "STORE_NONE" }],
    ["nothing", absent, absent, { state: "fresh" }],
    ["a file that no key can verify", absent, bad, { state: "STATE_LOST", floor: EMPTY_LEDGER }],
    ["a damaged keychain entry", bad, absent, { state: "STATE_LOST", floor: EMPTY_LEDGER }],
    ["a damaged keychain entry and a file", bad, bad, { state: "STATE_LOST", floor: EMPTY_LEDGER }],
    ["a part in the keychain and no file", part(newer, large), absent, { state: "STATE_LOST", floor: newer.head }],
    ["a part and a damaged file", part(newer, large), bad, { state: "STATE_LOST", floor: newer.head }],
    ["a part and an older file", part(newer, large), file(older), { state: "STATE_LOST", floor: newer.head }],
    [
      "a part and a file with a higher number that was not made from this record",
      part(newer, large),
      file(record({ licenseEpoch: 3 }, 9), older),
      { state: "STATE_LOST", floor: record({ licenseEpoch: 3 }).head },
    ],
  ])("%s", (_name, keychain, sealed, outcome) => {
    expect(reconcile(keychain, sealed, digestOf)).toEqual(outcome);
  });

  it.each([
    ["both are equal", entry(newer), file(newer), newer, []],
    ["the file is gone", entry(newer), absent, newer, ["file"]],
    ["the file is damaged", entry(newer), bad, newer, ["file"]],
    ["the file is behind", entry(newer), file(older), newer, ["file"]],
    ["the file is behind by its number only", entry(newer), file({ ...newer, gen: 4 }), newer, ["file"]],
    ["the keychain is behind", entry(older), file(newer, older), newer, ["keychain"]],
    ["the keychain has a part, and the file has all of it", part(newer, large), file(large), large, []],
    ["a part, and a file made from that record", part(older, older), file(large, newer, older), large, ["keychain"]],
  ] as const)(
    "%s: the highest counters count, and the other witness is repaired",
    (_name, keychain, sealed, expected, lagging) => {
      expect(reconcile(keychain, sealed, digestOf)).toMatchObject({ state: "ready", record: expected, lagging });
    },
  );

  it("have the higher of each counter if each is behind in one", () => {
    const keychain = record({ licenseEpoch: 2, buildFloor: 1 }, 5);
    const sealed = record({ licenseEpoch: 1, buildFloor: 3 }, 5);
    expect(reconcile(entry(keychain), file(sealed), digestOf)).toMatchObject({
      state: "ready",
      record: record({ licenseEpoch: 2, buildFloor: 3 }, 5),
      lagging: ["keychain", "file"],
    });
  });

  it("name the records from which the next file is made, at most 64", () => {
    const before = Array.from({ length: 70 }, (_, gen) => record({}, gen));
    const outcome = reconcile(entry(older), file(newer, older, ...before), digestOf);
    const ancestors = outcome.state === "ready" ? outcome.ancestors : [];
    expect(ancestors).toHaveLength(64);
    expect(ancestors.slice(0, 2)).toEqual([older, before[0]].map((r) => digestOf(r as LedgerRecord)));
    expect(reconcile(entry(newer), file(older, ...before), digestOf)).toMatchObject({ ancestors: [digestOf(newer)] });
  });

  it("preserve what newer builds wrote into either of them", () => {
    const keychain = { ...older, unknown: { a: 1 } };
    const outcome = reconcile(entry(keychain), file({ ...older, unknown: { b: 2 } }, keychain), digestOf);
    expect(outcome).toMatchObject({ record: { unknown: { a: 1, b: 2 } } });
  });
});

describe("the copy for a stick", () => {
  it("contains licenses and this stick, not other sticks, not this computer's clock", () => {
    const [here, elsewhere] = [testId("here"), testId("elsewhere")];
    const kept = record({
      licenses: new Map([[testId("license"), seen]]),
      manifests: new Map([
        [here, seen],
        [elsewhere, seen],
      ]),
      buildFloor: 4,
      trustedTime: 10,
      seenTime: 20,
    });
    const copy = forStick({ ...kept, unknown: { newer: 1 } }, here);
    expect(copy).toEqual(
      record({
        licenses: new Map([[testId("license"), seen]]),
        manifests: new Map([[here, seen]]),
        trustedTime: 10,
      }),
    );
  });
});
