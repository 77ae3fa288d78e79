import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import { floorOf, raise } from "../../../src-shared/ledger/index.ts";
import { DAY, HOUR } from "../../../src-shared/units.ts";
import { testId } from "../../fakes/test-keys.ts";
import { anyHead, hash, head } from "./heads.ts";

const T = 1_767_225_600;
const id = testId("license");
const license = (sequence: number) => ({ id, generation: 1, sequence, payloadHash: hash("payload") });

describe("a ledger update", () => {
  it("raises exactly what it shows", () => {
    const manifest = { stickId: testId("stick"), generation: 1, sequence: 3, payloadHash: hash("m") };
    const raised = raise(head(), {
      now: T,
      signedTime: T - DAY,
      license: license(5),
      licenseEpoch: 2,
      revocations: { generation: 1, sequence: 4 },
      manifest,
    });
    expect(raised).toEqual(
      head({
        licenses: new Map([[id, { generation: 1, sequence: 5, payloadHash: hash("payload") }]]),
        licenseEpoch: 2,
        revocations: { generation: 1, sequence: 4 },
        manifests: new Map([[testId("stick"), { generation: 1, sequence: 3, payloadHash: hash("m") }]]),
        trustedTime: T - DAY,
        seenTime: T,
      }),
    );
  });

  it("raises what the update feed shows, with hashes that fit into the keychain", () => {
    const counter = { generation: 1, sequence: 5, payloadHash: hash("release") };
    const short = { ...counter, payloadHash: counter.payloadHash.slice(0, 11) };
    const updates = {
      roles: new Map([["timestamp", { generation: 1, sequence: 9 }]]),
      rings: new Map([["ga", counter]]),
      halts: new Map([["ga", { ...counter, sequence: 2 }]]),
      halted: new Map([["ga/build-2", { generation: 1, sequence: 2 }]]),
    };
    const raised = raise(head({ buildFloor: 2 }), { now: T, buildFloor: 3, updates });
    expect(raised).toMatchObject({
      buildFloor: 3,
      updates: {
        roles: updates.roles,
        rings: new Map([["ga", short]]),
        halts: new Map([["ga", { ...short, sequence: 2 }]]),
        halted: updates.halted,
      },
    });
    const older = raise(raised, {
      now: T,
      buildFloor: 1,
      updates: { ...updates, rings: new Map([["ga", { ...counter, sequence: 4 }]]) },
    });
    expect(older).toMatchObject({ buildFloor: 3, updates: { rings: new Map([["ga", short]]) } });
  });

  it("never lowers anything", () => {
    fc.assert(
      fc.property(anyHead, anyHead, fc.nat(9), fc.nat(9), (before, shown, now, signedTime) => {
        const raised = raise(before, {
          now,
          signedTime,
          licenseEpoch: shown.licenseEpoch,
          revocations: shown.revocations,
          license: { ...license(shown.revocations.sequence), id: testId("a") },
        });
        expect(floorOf(raised, before)).toEqual(raised);
      }),
    );
  });

  it("moves the license that rose to the last position, and does not move one that did not rise", () => {
    const other = testId("other");
    const two = raise(raise(head(), { now: T, license: license(1) }), {
      now: T,
      license: { ...license(1), id: other },
    });
    expect([...two.licenses.keys()]).toEqual([id, other]);
    expect([...raise(two, { now: T, license: license(1) }).licenses.keys()]).toEqual([id, other]);
    expect([...raise(two, { now: T, license: license(2) }).licenses.keys()]).toEqual([other, id]);
  });
});

describe("the clocks", () => {
  it("write the local time at most once an hour", () => {
    const before = head({ trustedTime: T, seenTime: T });
    expect(raise(before, { now: T + HOUR - 1 })).toEqual(before);
    expect(raise(before, { now: T + HOUR }).seenTime).toBe(T + HOUR);
  });

  it("do not go back with the local clock", () => {
    const before = head({ trustedTime: T, seenTime: T + 50 * DAY });
    expect(raise(before, { now: T })).toEqual(before);
    expect(raise(before, { now: T, signedTime: T })).toEqual(before);
  });

  it("are repaired by a newer signed time after the local clock was set too far ahead", () => {
    const wrong = head({ trustedTime: T, seenTime: T + 9000 * DAY });
    expect(raise(wrong, { now: T + 2 * DAY, signedTime: T + DAY })).toMatchObject({
      trustedTime: T + DAY,
      seenTime: T + 2 * DAY,
    });
  });

  it("ignore a signed time in the future", () => {
    const before = head({ trustedTime: T, seenTime: T });
    expect(raise(before, { now: T, signedTime: T + DAY + 1 })).toEqual(before);
    expect(raise(before, { now: T, signedTime: T + DAY }).trustedTime).toBe(T + DAY);
  });
});
