import { describe, expect, it } from "vitest";
import {
  isEntitled,
  type License,
  type LicenseClaims,
  NO_REVOCATIONS,
  verifyLicense,
} from "../../../src-shared/license/index.ts";
import { DAY, HOUR } from "../../../src-shared/units.ts";
import {
  DEVICE,
  DEVICE_KEK,
  LICENSE_ID,
  licenseClaims,
  licenseIssuer,
  licenseToken,
  NOW,
  PASSPHRASE_KEK,
  ROOTS,
  STICK_ID,
  COMMITMENT,
  VAULT_ID,
} from "../../fakes/issuer.ts";
import { testId } from "../../fakes/test-keys.ts";
import { judge } from "./cases.ts";

const { exp, grace } = licenseClaims();

describe("audience", () => {
  it("refuses the license of another product", () => {
    expect(judge(licenseToken({ aud: "usb-audio-vault" })).code).toBe("WRONG_PRODUCT");
  });

  it.each([
    ["1.2.3", "1.2.3", "OK"],
    ["1.2.4", "1.2.3", "OK"],
    ["1.10.0", "1.9.9", "OK"],
    ["2.0.0", "1.99.99", "OK"],
    ["1.2.3-beta.1", "1.2.3", "OK"],
    ["1.2.3+5", "1.2.3", "OK"],
    ["1.2.2", "1.2.3", "APP_TOO_OLD"],
    ["1.9.9", "1.10.0", "APP_TOO_OLD"],
    ["0.99.99", "1.0.0", "APP_TOO_OLD"],
    ["1.2.2-beta.9", "1.2.3", "APP_TOO_OLD"],
    ["development", "0.0.0", "APP_TOO_OLD"],
    ["", "0.0.0", "APP_TOO_OLD"],
    ["1.2", "0.0.1", "APP_TOO_OLD"],
    ["9.9.9beta", "0.0.1", "APP_TOO_OLD"],
  ])("judges app %j under minApp %s %s", (appVersion, minApp, code) => {
    expect(judge(licenseToken({ minApp }), { here: { appVersion } }).code).toBe(code);
  });
});

describe("revocation", () => {
  const list = { ...NO_REVOCATIONS, counter: { generation: 1, sequence: 3 } };
  it.each([
    ["names neither", list, 0, "OK"],
    ["names the license", { ...list, licenses: new Set([LICENSE_ID]) }, 0, "REVOKED"],
    ["names another license", { ...list, licenses: new Set([testId("other")]) }, 0, "OK"],
    ["names the issuer's key", { ...list, keys: new Set([licenseIssuer.root.kid]) }, 0, "REVOKED"],
    ["names another key", { ...list, keys: new Set(["issuer-9"]) }, 0, "OK"],
    ["is as new as the license requires", list, 3, "OK"],
    ["is older than the license requires", list, 4, "REVOKED"],
    ["is missing though the license requires one", NO_REVOCATIONS, 1, "REVOKED"],
  ])("when the list %s is judged (%#)", (_name, revocations, revMin, code) => {
    expect(judge(licenseToken({ revMin }), { here: { revocations } }).code).toBe(code);
  });
});

describe("dates", () => {
  it.each([
    ["at nbf - 1", licenseClaims().nbf - 1, "NOT_YET_VALID"],
    ["at nbf", licenseClaims().nbf, "OK"],
    ["at exp - 1", exp - 1, "OK"],
    ["at exp", exp, "GRACE"],
    ["at exp + 1", exp + 1, "GRACE"],
    ["at the last second of grace", exp + grace - 1, "GRACE"],
    ["at the end of grace", exp + grace, "EXPIRED"],
    ["one second later", exp + grace + 1, "EXPIRED"],
    ["without a time", Number.NaN, "EXPIRED"],
  ])("judges %s", (_name, now, code) => {
    expect(judge(licenseToken(), { here: { now } }).code).toBe(code);
  });

  it("includes no grace period if the license has none", () => {
    const token = licenseToken({ grace: 0 });
    expect(judge(token, { here: { now: exp - 1 } }).code).toBe("OK");
    expect(judge(token, { here: { now: exp } }).code).toBe("EXPIRED");
  });

  it.each([
    [exp, 7],
    [exp + 1, 7],
    [exp + DAY, 6],
    [exp + 6 * DAY, 1],
    [exp + 7 * DAY - 1, 1],
  ])("counts started days of grace at %i", (now, daysLeft) => {
    expect(judge(licenseToken(), { here: { now } })).toMatchObject({ code: "GRACE", daysLeft });
  });
});

describe("clock", () => {
  const at = (now: number, trustedTime: number) => judge(licenseToken(), { here: { now }, head: { trustedTime } }).code;
  it("is accepted up to 24 hours behind the latest signed time", () => {
    expect(at(NOW, NOW + 24 * HOUR)).toBe("OK");
    expect(at(NOW, NOW + 24 * HOUR + 1)).toBe("CLOCK");
    expect(at(NOW, NOW + 25 * HOUR)).toBe("CLOCK");
  });

  it("is good again after it was corrected", () => {
    expect(at(NOW - 25 * HOUR, NOW)).toBe("CLOCK");
    expect(at(NOW, NOW)).toBe("OK");
    expect(at(NOW + 40 * DAY, NOW)).toBe("EXPIRED");
    expect(at(NOW, NOW)).toBe("OK");
  });

  it("is wrong if the license was signed more than 24 hours after it, even the first time", () => {
    const issuedAhead = (ahead: number) => judge(licenseToken({ iat: NOW + ahead })).code;
    expect(issuedAhead(24 * HOUR)).toBe("OK");
    expect(issuedAhead(24 * HOUR + 1)).toBe("CLOCK");
  });
});

describe("the clock and other signed times", () => {
  const list = (issued: number) => ({ ...NO_REVOCATIONS, counter: { generation: 1, sequence: 3 }, issued });
  const at = (here: object, head: object = {}, iat = NOW - DAY) => judge(licenseToken({ iat }), { here, head }).code;

  it("is wrong if the available revocation list was signed more than 24 hours after it", () => {
    expect(at({ revocations: list(NOW + DAY) })).toBe("OK");
    expect(at({ revocations: list(NOW + DAY + 1) })).toBe("CLOCK");
  });

  it("is wrong if it is more than 24 hours behind the latest local time seen", () => {
    expect(at({}, { trustedTime: NOW - DAY, seenTime: NOW + DAY })).toBe("OK");
    expect(at({}, { trustedTime: NOW - DAY, seenTime: NOW + DAY + 1 })).toBe("CLOCK");
  });

  it("may be behind a local time seen, but never behind a signed one, with a license that has a newer signed time", () => {
    const farAhead = { trustedTime: NOW - DAY, seenTime: NOW + 4000 * DAY };
    expect(at({}, farAhead, NOW - DAY)).toBe("CLOCK");
    expect(at({}, farAhead, NOW - DAY + 1)).toBe("OK");
    expect(at({ revocations: list(NOW - DAY + 1) }, farAhead)).toBe("OK");
    expect(at({ revocations: list(NOW) }, { ...farAhead, trustedTime: NOW + 2 * DAY })).toBe("CLOCK");
  });
});

describe("binding", () => {
  const stick: Partial<LicenseClaims> = {
    bind: { mode: "stick", stick: STICK_ID },
    vaults: [{ id: VAULT_ID, commitment: COMMITMENT, kek: { passphrase: PASSPHRASE_KEK } }],
  };
  const both: Partial<LicenseClaims> = {
    bind: { mode: "device-or-stick", stick: STICK_ID, device: DEVICE },
    vaults: [{ id: VAULT_ID, commitment: COMMITMENT, kek: { device: DEVICE_KEK, passphrase: PASSPHRASE_KEK } }],
  };
  const claimsOf: Record<string, Partial<LicenseClaims>> = { device: {}, stick, both };
  const [otherId, otherDevice] = [testId("other"), DEVICE.replace(/^./, (c) => (c === "A" ? "B" : "A"))];

  it.each([
    ["device", {}, "OK", "device"],
    ["device", { device: otherDevice }, "WRONG_DEVICE", undefined],
    ["device", { device: undefined }, "WRONG_DEVICE", undefined],
    ["stick", {}, "OK", "passphrase"],
    ["stick", { device: otherDevice }, "OK", "passphrase"],
    ["stick", { device: undefined }, "OK", "passphrase"],
    ["both", {}, "OK", "device"],
    ["both", { device: otherDevice }, "OK", "passphrase"],
    ["both", { device: undefined }, "OK", "passphrase"],
    ...(["device", "stick", "both"] as const).flatMap((mode) => [
      [mode, { stickId: otherId }, "WRONG_STICK", undefined] as const,
      [mode, { vaultId: otherId }, "WRONG_STICK", undefined] as const,
    ]),
  ] as const)("in %s mode with %j here is %s", (mode, here, code, unlock) => {
    const verdict = judge(licenseToken(claimsOf[mode]), { here });
    expect(verdict.code).toBe(code);
    expect("unlock" in verdict ? verdict.unlock : undefined).toBe(unlock);
  });

  it("accepts the vault as one of several", () => {
    const vaults = [{ id: otherId, commitment: COMMITMENT, kek: { device: DEVICE_KEK } }, ...licenseClaims().vaults];
    expect(judge(licenseToken({ vaults })).code).toBe("OK");
  });
});

describe("entitlement", () => {
  const entitled = (entitlements: string[], videoId: string) => {
    const license = verifyLicense(licenseToken({ entitlements }), ROOTS);
    return isEntitled((license as { value: License }).value, videoId);
  };
  it("is for single videos, or for all", () => {
    expect(entitled(["*"], testId("a"))).toBe(true);
    expect(entitled([testId("a"), testId("b")], testId("b"))).toBe(true);
    expect(entitled([testId("a")], testId("b"))).toBe(false);
    expect(entitled([testId("a")], "*")).toBe(false);
    expect(entitled([testId("a")], "")).toBe(false);
  });
});
