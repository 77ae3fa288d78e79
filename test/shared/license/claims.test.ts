import * as v from "valibot";
import { describe, expect, it } from "vitest";
import { toBase64url } from "../../../src-shared/encoding/base64url.ts";
import { LICENSE_PROFILE, LicenseClaims } from "../../../src-shared/license/index.ts";
import {
  DEVICE,
  DEVICE_KEK,
  licenseClaims,
  licenseIssuer,
  NOW,
  PASSPHRASE_KEK,
  signToken,
  STICK_ID,
  COMMITMENT,
  VAULT_ID,
} from "../../fakes/issuer.ts";
import { judge } from "./cases.ts";

const issue = (members: object) => signToken(LICENSE_PROFILE.typ, { ...licenseClaims(), ...members }, licenseIssuer);
const vault = (kek: object) => ({ vaults: [{ id: VAULT_ID, commitment: COMMITMENT, kek }] });
const zeros = (length: number) => toBase64url(new Uint8Array(length));
const stickBind = { mode: "stick", stick: STICK_ID };
const deviceBind = { mode: "device", stick: STICK_ID, device: DEVICE };
const MARK = zeros(16);
const bothBind = { mode: "device-or-stick", stick: STICK_ID, device: DEVICE };

describe("the claims of a license", () => {
  it.each([
    ["device mode", {}],
    ["stick mode", { bind: stickBind, ...vault({ passphrase: PASSPHRASE_KEK }) }],
    ["both modes", { bind: bothBind, ...vault({ device: DEVICE_KEK, passphrase: PASSPHRASE_KEK }) }],
    ["no marks of either kind", { bind: { ...deviceBind, deviceMarks: {}, stickMarks: {} } }],
    ["a mark of a later version", { bind: { ...deviceBind, stickMarks: { later: 1 } } }],
    [
      "marks of a computer without a device",
      { bind: { ...stickBind, deviceMarks: 1 }, ...vault({ passphrase: PASSPHRASE_KEK }) },
    ],
    ["a member of a later version", { later: { anything: 1 } }],
    [
      "sixteen vaults",
      {
        vaults: Array.from({ length: 16 }, () => ({
          id: VAULT_ID,
          commitment: COMMITMENT,
          kek: { device: DEVICE_KEK },
        })),
      },
    ],
    ["a scrypt cost of 2^16", { bind: stickBind, ...vault({ passphrase: { ...PASSPHRASE_KEK, n: 2 ** 16 } }) }],
    ["the longest grace", { grace: 366 * 86_400 }],
  ])("are accepted with %s", (_name, members) => {
    expect(judge(issue(members)).code).toBe("OK");
  });

  it.each([
    ["another version", { v: 2 }],
    ["no version", { v: undefined }],
    ["a version as text", { v: "1" }],
    ...[
      "iss",
      "aud",
      "lid",
      "seq",
      "licenseEpoch",
      "sub",
      "ring",
      "iat",
      "nbf",
      "exp",
      "grace",
      "entitlements",
      "vaults",
      "bind",
      "minApp",
      "revMin",
    ].map((name) => [`no ${name}`, { [name]: undefined }] as const),
    ...["iat", "nbf", "exp"].flatMap((name) => [
      [`${name} as text`, { [name]: `${NOW}` }] as const,
      [`${name} as ISO text`, { [name]: "2026-01-01T00:00:00Z" }] as const,
      [`a fractional ${name}`, { [name]: NOW + 0.5 }] as const,
      [`a negative ${name}`, { [name]: -1 }] as const,
      [`${name} beyond safe integers`, { [name]: 2 ** 53 }] as const,
      [`${name} null`, { [name]: null }] as const,
      [`${name} true`, { [name]: true }] as const,
    ]),
    ["milliseconds with a fraction", { exp: NOW * 1000 + 0.001 }],
    ["an end equal to its start", { nbf: NOW, exp: NOW }],
    ["an end before its start", { nbf: NOW + 2, exp: NOW + 1 }],
    ["seq 0", { seq: 0 }],
    ["a fractional seq", { seq: 1.5 }],
    ["a negative epoch", { licenseEpoch: -1 }],
    ["a grace of more than a year", { grace: 366 * 86_400 + 1 }],
    ["a negative grace", { grace: -1 }],
    ["an unknown ring", { ring: "ring2" }],
    ["a lid with a path", { lid: "../../../../../../../aaaaa" }],
    ["a customer with a letter beyond ASCII", { sub: "café" }],
    ["an issuer with a space", { iss: "harbour films" }],
    ["no entitlement", { entitlements: [] }],
    ["201 entitlements", { entitlements: Array.from({ length: 201 }, () => "*") }],
    ["an entitlement that is not an id", { entitlements: ["all"] }],
    ["no vault", { vaults: [] }],
    ["a vault without a commitment", { vaults: [{ id: VAULT_ID, kek: { device: DEVICE_KEK } }] }],
    [
      "a commitment of 31 bytes",
      { vaults: [{ id: VAULT_ID, commitment: "A".repeat(42), kek: { device: DEVICE_KEK } }] },
    ],
    [
      "seventeen vaults",
      {
        vaults: Array.from({ length: 17 }, () => ({
          id: VAULT_ID,
          commitment: COMMITMENT,
          kek: { device: DEVICE_KEK },
        })),
      },
    ],
    ["an unknown mode", { bind: { mode: "any", stick: STICK_ID } }],
    ["device mode without a device", { bind: { mode: "device", stick: STICK_ID } }],
    ["a device of 31 bytes", { bind: { mode: "device", stick: STICK_ID, device: zeros(31) } }],
    ["a device of 33 bytes", { bind: { mode: "device", stick: STICK_ID, device: zeros(33) } }],
    ["a non-canonical device", { bind: { mode: "device", stick: STICK_ID, device: `${"A".repeat(42)}B` } }],
    ...[MARK.slice(1), zeros(15), zeros(17), `${MARK}=`, 7, null, {}, [MARK]].flatMap((mark) => [
      [`a device mark ${JSON.stringify(mark)}`, { bind: { ...deviceBind, deviceMarks: { os: mark } } }] as const,
      [`a stick mark ${JSON.stringify(mark)}`, { bind: { ...deviceBind, stickMarks: { serial: mark } } }] as const,
    ]),
    [
      "an invalid stick mark in stick mode",
      { bind: { ...stickBind, stickMarks: { volume: "x" } }, ...vault({ passphrase: PASSPHRASE_KEK }) },
    ],
    ["marks that are a list", { bind: { ...deviceBind, deviceMarks: [] } }],
    ["marks that are null", { bind: { ...deviceBind, stickMarks: null } }],
    ["no network card in the list of them", { bind: { ...deviceBind, deviceMarks: { net: [] } } }],
    ["nine network cards", { bind: { ...deviceBind, deviceMarks: { net: Array.from({ length: 9 }, () => MARK) } } }],
    ["a network card that is not a list", { bind: { ...deviceBind, deviceMarks: { net: MARK } } }],
    ["device mode without its sealed key", vault({})],
    ["device mode with a passphrase key as well", vault({ device: DEVICE_KEK, passphrase: PASSPHRASE_KEK })],
    ["stick mode with a device key", { bind: stickBind, ...vault({ device: DEVICE_KEK }) }],
    ["stick mode with both keys", { bind: stickBind, ...vault({ device: DEVICE_KEK, passphrase: PASSPHRASE_KEK }) }],
    ["both modes with one key", { bind: bothBind, ...vault({ device: DEVICE_KEK }) }],
    [
      "a second vault without a key",
      { vaults: [...licenseClaims().vaults, { id: VAULT_ID, commitment: COMMITMENT, kek: {} }] },
    ],
    ["a sealed key of 47 bytes", vault({ device: { ...DEVICE_KEK, ct: zeros(47) } })],
    ["a sealed key of 49 bytes", vault({ device: { ...DEVICE_KEK, ct: zeros(49) } })],
    ["an encapsulation of 31 bytes", vault({ device: { ...DEVICE_KEK, enc: zeros(31) } })],
    ["an encapsulation of 33 bytes", vault({ device: { ...DEVICE_KEK, enc: zeros(33) } })],
    [
      "a wrapped key of 59 bytes",
      { bind: stickBind, ...vault({ passphrase: { ...PASSPHRASE_KEK, sealed: zeros(59) } }) },
    ],
    [
      "a wrapped key of 61 bytes",
      { bind: stickBind, ...vault({ passphrase: { ...PASSPHRASE_KEK, sealed: zeros(61) } }) },
    ],
    [
      "a scrypt salt of 15 bytes",
      { bind: stickBind, ...vault({ passphrase: { ...PASSPHRASE_KEK, salt: zeros(15) } }) },
    ],
    [
      "a scrypt salt of 65 bytes",
      { bind: stickBind, ...vault({ passphrase: { ...PASSPHRASE_KEK, salt: zeros(65) } }) },
    ],
    ...[0, 1, 2 ** 14, 2 ** 17, 2 ** 30, 32_767].map(
      (n) =>
        [`a scrypt cost of ${n}`, { bind: stickBind, ...vault({ passphrase: { ...PASSPHRASE_KEK, n } }) }] as const,
    ),
    ["scrypt r of 1024", { bind: stickBind, ...vault({ passphrase: { ...PASSPHRASE_KEK, r: 1024 } }) }],
    ["scrypt p of 16", { bind: stickBind, ...vault({ passphrase: { ...PASSPHRASE_KEK, p: 16 } }) }],
    ["a minApp that is not a version", { minApp: "latest" }],
    ["a minApp of two numbers", { minApp: "1.0" }],
    ["a minApp with a suffix", { minApp: "1.0.0-rc" }],
    ["a negative revMin", { revMin: -1 }],
  ] as [string, object][])("are MALFORMED with %s", (_name, members) => {
    expect(judge(issue(members))).toEqual({ code: "MALFORMED" });
  });

  it("are read as they were written", () => {
    expect(v.parse(LicenseClaims, licenseClaims())).toEqual(licenseClaims());
  });
});
