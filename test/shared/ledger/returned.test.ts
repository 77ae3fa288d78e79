import { describe, expect, it } from "vitest";
import {
  compactRecord,
  EMPTY_LEDGER,
  floorOf,
  isBehind,
  isReturned,
  type LedgerHead,
  returnedCounter,
  type SeenCounter,
} from "../../../src-shared/ledger/index.ts";
import { testId } from "../../fakes/test-keys.ts";

const ID = testId("license");
const seen = (sequence: number, generation = 1): SeenCounter => ({
  generation,
  sequence,
  payloadHash: "abcdefghijk".padEnd(43, "x"),
});
const headOf = (counter: SeenCounter): LedgerHead => ({ ...EMPTY_LEDGER, licenses: new Map([[ID, counter]]) });
const back = returnedCounter(seen(5));

describe("a returned license", () => {
  it.each([
    ["the same one", seen(5), true],
    ["an older one", seen(4), true],
    ["the next one", seen(6), false],
    ["the first one of a newer key", seen(1, 2), false],
  ])("makes %s outdated: %#", (_what, license, behind) => {
    expect(isBehind(license, back)).toBe(behind);
  });

  it("stays returned whichever witness lost it, with a complete or shortened hash", () => {
    const short = { ...back, payloadHash: back.payloadHash.slice(0, 11) };
    for (const returned of [back, short]) {
      expect(isReturned(returned)).toBe(true);
      for (const floor of [floorOf(headOf(returned), headOf(seen(5))), floorOf(headOf(seen(5)), headOf(returned))]) {
        expect(isReturned(floor.licenses.get(ID) as SeenCounter)).toBe(true);
      }
    }
  });

  it("is replaced by the next license", () => {
    const floor = floorOf(headOf(back), headOf(seen(6)));
    expect(floor.licenses.get(ID)).toEqual(seen(6));
  });

  it("is still recognized if the keychain has space for a short hash only", () => {
    const record = { installId: testId("install"), gen: 1, head: headOf(back), unknown: {} };
    const kept = compactRecord(record, 2000).head.licenses.get(ID) as SeenCounter;
    expect(kept.payloadHash).toHaveLength(11);
    expect(isReturned(kept)).toBe(true);
    expect(isBehind(seen(5), kept)).toBe(true);
  });

  it("is not confused with another license", () => {
    expect(isReturned(seen(5))).toBe(false);
  });
});
