import { expect, it } from "vitest";
import { chooseLicense } from "../../../src-main/license/index.ts";
import type { License, LicenseVerdict, Unlock } from "../../../src-shared/license/index.ts";
import { licenseClaims } from "../../fakes/issuer.ts";

function license(seq: number): License {
  return { claims: licenseClaims({ seq }), kid: "k", counter: { generation: 1, sequence: seq }, payloadHash: "" };
}
const good = (seq: number, unlock: Unlock): LicenseVerdict => ({ code: "OK", license: license(seq), unlock });
const inGrace = (seq: number): LicenseVerdict => ({
  code: "GRACE",
  license: license(seq),
  unlock: "device",
  daysLeft: 3,
});

it("returns MISSING if there is no license", () => {
  expect(chooseLicense([])).toEqual({ allowed: [], refusal: { code: "MISSING" } });
});

it("prefers valid over grace, no passphrase over one, and the newest", () => {
  const { allowed } = chooseLicense([inGrace(9), good(1, "passphrase"), good(2, "device"), good(3, "device")]);
  expect(allowed.map(({ code, unlock, license: { claims } }) => [code, unlock, claims.seq])).toEqual([
    ["OK", "device", 3],
    ["OK", "device", 2],
    ["OK", "passphrase", 1],
    ["GRACE", "device", 9],
  ]);
});

it("explains a license for this stick rather than one for another, and any rather than none", () => {
  const other: LicenseVerdict = { code: "WRONG_STICK", license: license(1) };
  const forged: LicenseVerdict = { code: "SIGNATURE_INVALID" };
  const expired: LicenseVerdict = { code: "EXPIRED", license: license(2) };
  expect(chooseLicense([other]).refusal.code).toBe("WRONG_STICK");
  expect(chooseLicense([forged, other]).refusal.code).toBe("SIGNATURE_INVALID");
  expect(chooseLicense([expired, forged, other]).refusal.code).toBe("EXPIRED");
});
