import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import { compactRecord, formatRecord, type LedgerHead, parseRecord } from "../../../src-shared/ledger/index.ts";
import { testId } from "../../fakes/test-keys.ts";
import { anyHead, hash, head, record } from "./heads.ts";

describe("a record as text", () => {
  it("is read back unchanged", () => {
    fc.assert(
      fc.property(anyHead, fc.nat(), (any, gen) => {
        const written = { ...record({}, gen), head: any };
        expect(parseRecord(formatRecord(written))).toEqual(written);
      }),
    );
  });

  it("preserves members that this build does not know, in the record and in its updates", () => {
    const stored = JSON.parse(formatRecord(record({ licenseEpoch: 3 }))) as Record<string, unknown>;
    const newer = { ...stored, playWindows: [["x", 5]], updates: { ...(stored["updates"] as object), channels: [7] } };
    const read = parseRecord(JSON.stringify(newer));
    expect(read?.unknown).toEqual({ playWindows: [["x", 5]] });
    expect(JSON.parse(formatRecord(read!))).toEqual(newer);
  });

  it("uses defaults for members that an older build did not write", () => {
    expect(parseRecord(JSON.stringify({ v: 1, installId: testId("install"), gen: 4 }))).toEqual(record({}, 4));
  });

  it.each([
    ["nothing", ""],
    ["invalid JSON", "{"],
    ["another version", '{"v":2}'],
    ["no installation id", '{"v":1,"gen":1}'],
    ["a negative counter", JSON.stringify({ v: 1, installId: testId("install"), gen: 1, licenseEpoch: -1 })],
    ["a fraction", JSON.stringify({ v: 1, installId: testId("install"), gen: 1, revocations: [1, 1.5] })],
    [
      "an empty hash",
      JSON.stringify({ v: 1, installId: testId("install"), gen: 1, licenses: [[testId("l"), 1, 1, ""]] }),
    ],
    ["a duplicate member", `{"v":1,"installId":"${testId("install")}","gen":1,"gen":0}`],
  ])("is not a record if it contains %s", (_name, text) => {
    expect(parseRecord(text)).toBeUndefined();
  });
});

describe("a record that must fit into the keychain", () => {
  const many = (count: number, name: string) =>
    new Map(
      Array.from({ length: count }, (_, i) => [
        testId(`${name} ${i}`),
        { generation: 1, sequence: 1_000_000 + i, payloadHash: hash(`${name} ${i}`) },
      ]),
    );
  const full: Partial<LedgerHead> = {
    licenses: many(200, "license"),
    manifests: many(200, "stick"),
    licenseEpoch: 7,
    revocations: { generation: 3, sequence: 900 },
    buildFloor: 12,
    updates: {
      ...head().updates,
      rings: new Map([["ga", { generation: 2, sequence: 9, payloadHash: hash("ga").slice(0, 11) }]]),
    },
    trustedTime: 1_767_225_600,
    seenTime: 1_767_225_600,
  };

  it("is complete, with short hashes, while there is space", () => {
    const one = record({ licenses: many(1, "license") });
    const [id = "", counter] = [...one.head.licenses][0] ?? [];
    expect(compactRecord(one, 2500).head.licenses.get(id)).toEqual({
      ...counter,
      payloadHash: counter?.payloadHash.slice(0, 11),
    });
  });

  it("omits what rose longest ago, never a single counter or a clock", () => {
    const compact = compactRecord(record(full), 2400);
    const size = Buffer.byteLength(formatRecord(compact));
    expect(size).toBeLessThanOrEqual(2400);
    expect(size).toBeGreaterThan(2300);
    expect(compact.head).toMatchObject({
      licenseEpoch: 7,
      revocations: { generation: 3, sequence: 900 },
      buildFloor: 12,
      trustedTime: 1_767_225_600,
    });
    expect(compact.head.updates.rings.size).toBe(1);
    const kept = [...compact.head.licenses.keys()];
    expect(kept.length).toBeGreaterThanOrEqual(18);
    expect(kept).toEqual([...full.licenses!.keys()].slice(-kept.length));
    expect(Math.abs(compact.head.manifests.size - kept.length)).toBeLessThanOrEqual(1);
  });

  it("omits members of newer builds only if nothing else is left to omit", () => {
    const unknown = { newer: "x".repeat(1500) };
    expect(compactRecord({ ...record(full), unknown }, 2400).unknown).toEqual(unknown);
    const tooLarge = compactRecord({ ...record(full), unknown: { newer: "x".repeat(3000) } }, 2400);
    expect(tooLarge.unknown).toEqual({});
    expect(tooLarge.head.licenseEpoch).toBe(7);
    expect(Buffer.byteLength(formatRecord(tooLarge))).toBeLessThanOrEqual(2400);
  });

  it("is measured in bytes and not in characters", () => {
    const unknown = { newer: "é".repeat(1100) };
    expect(Buffer.byteLength(formatRecord(compactRecord({ ...record(full), unknown }, 2500)))).toBeLessThanOrEqual(
      2500,
    );
  });
});
