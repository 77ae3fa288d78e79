import { describe, expect, it } from "vitest";
import { forStick, type LedgerRecord, reconcile } from "../../../src-shared/ledger/index.ts";
import { testId } from "../../fakes/test-keys.ts";
import { hash, record } from "./heads.ts";

const whole = (r: LedgerRecord) => r;
const good = (r: LedgerRecord) => ({ kind: "good", record: r }) as const;
const [absent, bad] = [{ kind: "absent" } as const, { kind: "bad" } as const];
const [older, newer] = [record({ licenseEpoch: 1 }, 4), record({ licenseEpoch: 2 }, 5)];

describe("keychain and file together", () => {
  it.each([
    ["a locked keychain never counts as absent", { kind: "locked" } as const, absent, "STORE_LOCKED"],
    ["nor if there is a file", { kind: "locked" } as const, bad, "STORE_LOCKED"],
    ["no keychain", { kind: "none" } as const, absent, "STORE_NONE"],
    ["nothing", absent, absent, "fresh"],
    ["a file that no key can verify", absent, bad, "STATE_LOST"],
    ["a damaged keychain entry", bad, absent, "STATE_LOST"],
    ["a damaged keychain entry and a file", bad, bad, "STATE_LOST"],
  ])("%s", (_name, keychain, file, state) => {
    expect(reconcile(keychain, file, whole)).toEqual({ state });
  });

  it.each([
    ["both are equal", good(newer), good(newer), newer, []],
    ["the file is gone", good(newer), absent, newer, ["file"]],
    ["the file is damaged", good(newer), bad, newer, ["file"]],
    ["the file is behind", good(newer), good(older), newer, ["file"]],
    ["the keychain is behind", good(older), good(newer), newer, ["keychain"]],
  ] as const)(
    "%s: the highest counters count, and the other witness is repaired",
    (_name, keychain, file, expected, lagging) => {
      expect(reconcile(keychain, file, whole)).toEqual({ state: "ready", record: expected, lagging });
    },
  );

  it("have the higher of each counter if each is behind in one", () => {
    const keychain = record({ licenseEpoch: 2, buildFloor: 1 }, 5);
    const file = record({ licenseEpoch: 1, buildFloor: 3 }, 5);
    expect(reconcile(good(keychain), good(file), whole)).toEqual({
      state: "ready",
      record: record({ licenseEpoch: 2, buildFloor: 3 }, 5),
      lagging: ["keychain", "file"],
    });
  });

  it("do not treat the number of a write as a difference", () => {
    expect(reconcile(good(record({}, 9)), good(record({}, 8)), whole)).toMatchObject({ lagging: [] });
  });

  it("preserve what newer builds wrote into either of them", () => {
    const outcome = reconcile(good({ ...older, unknown: { a: 1 } }), good({ ...older, unknown: { b: 2 } }), whole);
    expect(outcome).toMatchObject({ record: { unknown: { a: 1, b: 2 } } });
  });
});

describe("the copy for a stick", () => {
  it("contains licenses and this stick, not other sticks, not this computer's clock", () => {
    const seen = { generation: 1, sequence: 2, payloadHash: hash("x") };
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
