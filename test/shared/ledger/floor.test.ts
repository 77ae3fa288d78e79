import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import { compareCounters, type Counter, floorOf, type LedgerHead } from "../../../src-shared/ledger/index.ts";
import { testId } from "../../fakes/test-keys.ts";
import { anyHead, hash, head } from "./heads.ts";

/** Whether nothing in `b` is above `a`. */
function covers(a: LedgerHead, b: LedgerHead): boolean {
  const above = (x: ReadonlyMap<string, Counter>, y: ReadonlyMap<string, Counter>) =>
    [...y].every(([id, counter]) => compareCounters(x.get(id) ?? { generation: -1, sequence: 0 }, counter) >= 0);
  return (
    above(a.licenses, b.licenses) &&
    above(a.manifests, b.manifests) &&
    (["roles", "rings", "halts", "halted"] as const).every((name) => above(a.updates[name], b.updates[name])) &&
    a.licenseEpoch >= b.licenseEpoch &&
    a.buildFloor >= b.buildFloor &&
    compareCounters(a.revocations, b.revocations) >= 0 &&
    (a.trustedTime > b.trustedTime || (a.trustedTime === b.trustedTime && a.seenTime >= b.seenTime))
  );
}

describe("the floor of two heads", () => {
  it("is below neither, counter by counter", () => {
    fc.assert(
      fc.property(anyHead, anyHead, (a, b) => {
        const floor = floorOf(a, b);
        expect(covers(floor, a)).toBe(true);
        expect(covers(floor, b)).toBe(true);
      }),
    );
  });

  it("is the same in either order, and does not change when computed again", () => {
    fc.assert(
      fc.property(anyHead, anyHead, (a, b) => {
        expect(floorOf(a, b)).toEqual(floorOf(b, a));
        expect(floorOf(floorOf(a, b), a)).toEqual(floorOf(a, b));
      }),
    );
  });

  it("has the higher of each counter even if neither head is higher in all", () => {
    const [x, y] = [testId("x"), testId("y")];
    const at = (sequence: number) => ({ generation: 1, sequence, payloadHash: hash(`${sequence}`) });
    const floor = floorOf(
      head({
        licenses: new Map([
          [x, at(5)],
          [y, at(1)],
        ]),
        licenseEpoch: 2,
      }),
      head({
        licenses: new Map([
          [x, at(4)],
          [y, at(3)],
        ]),
        licenseEpoch: 1,
      }),
    );
    expect(floor.licenses).toEqual(
      new Map([
        [x, at(5)],
        [y, at(3)],
      ]),
    );
    expect(floor.licenseEpoch).toBe(2);
  });

  it("compares the key generation before the sequence", () => {
    const a = head({ revocations: { generation: 2, sequence: 1 } });
    const b = head({ revocations: { generation: 1, sequence: 9 } });
    expect(floorOf(a, b).revocations).toEqual({ generation: 2, sequence: 1 });
  });

  it("prefers a complete hash to the same one shortened", () => {
    const id = testId("x");
    const whole = { generation: 1, sequence: 1, payloadHash: hash("x") };
    const short = { ...whole, payloadHash: whole.payloadHash.slice(0, 11) };
    const floor = floorOf(head({ licenses: new Map([[id, short]]) }), head({ licenses: new Map([[id, whole]]) }));
    expect(floor.licenses.get(id)).toEqual(whole);
  });

  it("resets the local time with a newer signed time, and otherwise keeps the later local time", () => {
    const clock = (trustedTime: number, seenTime: number) => head({ trustedTime, seenTime });
    expect(floorOf(clock(10, 900), clock(20, 25))).toMatchObject({ trustedTime: 20, seenTime: 25 });
    expect(floorOf(clock(20, 30), clock(20, 25))).toMatchObject({ trustedTime: 20, seenTime: 30 });
  });

  it("keeps what only a newer build understands", () => {
    const updates = { ...head().updates, unknown: { channels: { beta: 3 } } };
    expect(floorOf(head(), head({ updates })).updates.unknown).toEqual({ channels: { beta: 3 } });
  });
});
