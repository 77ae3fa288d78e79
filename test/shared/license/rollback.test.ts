import { describe, expect, it } from "vitest";
import {
  judgeLicense,
  type License,
  type LicenseClaims,
  NO_REVOCATIONS,
  verifyLicense,
} from "../../../src-shared/license/index.ts";
import { EMPTY_LEDGER, type LedgerHead, returnedCounter } from "../../../src-shared/ledger/index.ts";
import {
  DEVICE,
  DEVICE_KEK,
  LICENSE_ID,
  licenseIssuer,
  licenseToken,
  PASSPHRASE_KEK,
  ROOTS,
  STICK_ID,
  SURROUNDINGS,
  COMMITMENT,
  VAULT_ID,
} from "../../fakes/issuer.ts";
import { testId, testKey } from "../../fakes/test-keys.ts";
import { judge } from "./cases.ts";

const read = (token: string) => (verifyLicense(token, ROOTS) as { value: License }).value;

/** The ledger after it has seen this license. */
function headOf(token: string): Partial<LedgerHead> {
  const { counter, payloadHash } = read(token);
  return { licenses: new Map([[LICENSE_ID, { ...counter, payloadHash }]]) };
}

describe("a license that was seen before", () => {
  const head = headOf(licenseToken({ seq: 5 }));
  it.each([
    ["the same again", licenseToken({ seq: 5 }), "OK"],
    ["a higher seq", licenseToken({ seq: 6 }), "OK"],
    ["a lower seq", licenseToken({ seq: 4 }), "ROLLED_BACK"],
    ["the same seq with another payload", licenseToken({ seq: 5, sub: "customer-0043" }), "ROLLED_BACK"],
    ["another license with a lower seq", licenseToken({ seq: 1, lid: testId("other license") }), "OK"],
  ])("judges %s", (_name, token, code) => {
    expect(judge(token, { head }).code).toBe(code);
  });

  it("is the same license if its header is written differently: the payload counts, never the signature", () => {
    const twin = testKey("issuer-1b", "license-issuer");
    const again = licenseToken({ seq: 5 }, twin);
    expect(judge(again, { head, roots: [...ROOTS, twin.root] }).code).toBe("OK");
  });

  it("compares the key generation before the seq", () => {
    const newer = testKey("issuer-2", "license-issuer", { generation: 2 });
    const roots = [licenseIssuer.root, newer.root];
    expect(judge(licenseToken({ seq: 1 }, newer), { head, roots }).code).toBe("OK");
    const seen = { generation: 2, sequence: 1, payloadHash: read(licenseToken({ seq: 1 })).payloadHash };
    const newerHead = { licenses: new Map([[LICENSE_ID, seen]]) };
    expect(judge(licenseToken({ seq: 9 }), { head: newerHead, roots }).code).toBe("ROLLED_BACK");
  });

  it("is refused whatever else is known about it", () => {
    const verdict = judgeLicense(licenseToken({ seq: 4 }), ROOTS, { ...EMPTY_LEDGER, ...head }, SURROUNDINGS);
    expect(verdict).toMatchObject({ code: "ROLLED_BACK", license: { claims: { seq: 4 } } });
    expect(verdict).not.toHaveProperty("unlock");
  });
});

describe("the epoch of all licenses", () => {
  it.each([
    [0, "OK"],
    [1, "OK"],
    [2, "ROLLED_BACK"],
  ])("judges a license of epoch 1 where epoch %i was seen", (licenseEpoch, code) => {
    expect(judge(licenseToken({ licenseEpoch: 1 }), { head: { licenseEpoch } }).code).toBe(code);
  });
});

describe("the revocation list at hand", () => {
  const list = (generation: number, sequence: number) => ({ ...NO_REVOCATIONS, counter: { generation, sequence } });
  it.each([
    ["the one seen", list(1, 3), "OK"],
    ["a newer one", list(1, 4), "OK"],
    ["one of a newer key", list(2, 1), "OK"],
    ["an older one", list(1, 2), "ROLLED_BACK"],
    ["one of an older key", list(0, 9), "ROLLED_BACK"],
    ["no longer one", NO_REVOCATIONS, "ROLLED_BACK"],
  ])("judges %s", (_name, revocations, code) => {
    const head = { revocations: { generation: 1, sequence: 3 } };
    expect(judge(licenseToken(), { here: { revocations }, head }).code).toBe(code);
  });
});

describe("the manifest at hand", () => {
  const payloadHash = SURROUNDINGS.manifestHash;
  const seen = (stickId: string) => ({
    manifests: new Map([[stickId, { generation: 1, sequence: 7, payloadHash }]]),
  });
  it.each([
    ["the one seen", { generation: 1, sequence: 7 }, "OK"],
    ["a newer one", { generation: 1, sequence: 8 }, "OK"],
    ["one of a newer key", { generation: 2, sequence: 1 }, "OK"],
    ["an older one", { generation: 1, sequence: 6 }, "ROLLED_BACK"],
    ["one of an older key", { generation: 0, sequence: 9 }, "ROLLED_BACK"],
  ])("judges %s", (_name, manifest, code) => {
    expect(judge(licenseToken(), { here: { manifest }, head: seen(STICK_ID) }).code).toBe(code);
  });

  it("is another one when its payload differs, though the generation is the same", () => {
    const here = { manifest: { generation: 1, sequence: 7 }, manifestHash: `x${payloadHash.slice(1)}` };
    expect(judge(licenseToken(), { here, head: seen(STICK_ID) }).code).toBe("ROLLED_BACK");
    const newer = { ...here, manifest: { generation: 1, sequence: 8 } };
    expect(judge(licenseToken(), { here: newer, head: seen(STICK_ID) }).code).toBe("OK");
  });

  it("is compared with the same stick only", () => {
    const manifest = { generation: 1, sequence: 6 };
    expect(judge(licenseToken(), { here: { manifest }, head: seen(testId("other stick")) }).code).toBe("OK");
  });
});

describe("the cause of a rollback", () => {
  const older = { licenses: new Map([[LICENSE_ID, { generation: 1, sequence: 9, payloadHash: "x".repeat(43) }]]) };
  const returned = { licenses: new Map([[LICENSE_ID, returnedCounter({ generation: 1, sequence: 5 })]]) };
  const list = { revocations: { generation: 1, sequence: 3 } };
  const stick = { manifests: new Map([[STICK_ID, { generation: 1, sequence: 7, payloadHash: "x".repeat(43) }]]) };
  const passphrase: Partial<LicenseClaims> = {
    bind: { mode: "stick", stick: STICK_ID },
    vaults: [{ id: VAULT_ID, commitment: COMMITMENT, kek: { passphrase: PASSPHRASE_KEK } }],
  };
  it.each<[string, string, Parameters<typeof judge>[1]]>([
    ["LICENSE", licenseToken({ seq: 5 }), { head: older }],
    ["RETURNED", licenseToken({ seq: 5 }), { head: returned }],
    ["RETURNED", licenseToken({ seq: 4 }), { head: returned }],
    ["EPOCH", licenseToken({ seq: 5 }), { head: { licenseEpoch: 2 } }],
    ["REVOCATIONS", licenseToken({ seq: 5 }), { head: list }],
    ["STICK", licenseToken({ seq: 5 }), { head: stick }],
    ["STICK_FLOOR", licenseToken({ seq: 5, ...passphrase }), { here: { minSeq: 6 } }],
    // The license's own counter is named first, whatever else is older.
    ["LICENSE", licenseToken({ seq: 5 }), { head: { ...older, ...list, ...stick, licenseEpoch: 2 } }],
  ])("is %s", (cause, token, surroundings) => {
    expect(judge(token, surroundings)).toMatchObject({ code: "ROLLED_BACK", cause });
  });
});

describe("the floor that a manifest sets where the computer remembers nothing", () => {
  const stick: Partial<LicenseClaims> = {
    bind: { mode: "stick", stick: STICK_ID },
    vaults: [{ id: VAULT_ID, commitment: COMMITMENT, kek: { passphrase: PASSPHRASE_KEK } }],
  };
  const both: Partial<LicenseClaims> = {
    bind: { mode: "device-or-stick", stick: STICK_ID, device: DEVICE },
    vaults: [{ id: VAULT_ID, commitment: COMMITMENT, kek: { device: DEVICE_KEK, passphrase: PASSPHRASE_KEK } }],
  };
  it.each([
    ["stick mode above it", stick, { minSeq: 4 }, "OK"],
    ["stick mode at it", stick, { minSeq: 5 }, "OK"],
    ["stick mode below it", stick, { minSeq: 6 }, "ROLLED_BACK"],
    ["both modes by passphrase below it", both, { minSeq: 6, device: undefined }, "ROLLED_BACK"],
    ["both modes on its own computer", both, { minSeq: 6 }, "OK"],
    ["device mode, where the ledger remembers", {}, { minSeq: 6 }, "OK"],
  ])("judges %s", (_name, claims, here, code) => {
    expect(judge(licenseToken({ seq: 5, ...claims }), { here }).code).toBe(code);
  });
});
