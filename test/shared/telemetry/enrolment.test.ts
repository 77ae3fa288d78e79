import { describe, expect, it } from "vitest";
import { toBase64url } from "../../../src-shared/encoding/base64url.ts";
import { utf8 } from "../../../src-shared/encoding/text.ts";
import { armor } from "../../../src-shared/license/index.ts";
import {
  ENROLMENT_PROFILE,
  type EnrolmentClaims,
  enrolmentIn,
  parseEnrolment,
  statementOf,
} from "../../../src-shared/telemetry/index.ts";
import { DEVICE, licenseToken, NOW, ROOTS, signToken } from "../../fakes/issuer.ts";
import { testId, testKey } from "../../fakes/test-keys.ts";
import { isStatementOf } from "../../fakes/statement-signature.ts";

const issuer = testKey("enrolment-1", "telemetry-enrolment");
const deviceKey = testKey("device", "device");
const roots = [...ROOTS, issuer.root];
const claims: EnrolmentClaims = {
  v: 1,
  pid: testId("pilot"),
  ring: "ring1",
  device: DEVICE,
  ed25519: toBase64url(deviceKey.root.publicKey),
  iat: NOW,
  exp: NOW + 86_400,
};
const tokenOf = (overrides: object = {}, key = issuer) =>
  signToken(ENROLMENT_PROFILE.typ, { ...claims, ...overrides }, key);
const parse = (token: string, now = NOW) => parseEnrolment(token, roots, now);

describe("an enrolment", () => {
  it("names a pseudonym for one computer", () => {
    const token = tokenOf();
    expect(parse(token)).toEqual({ ok: true, value: { claims, kid: "enrolment-1", token } });
  });

  it.each([
    ["is signed by a key for licenses", tokenOf({}, testKey("issuer-1", "license-issuer")), "KEY_UNKNOWN"],
    ["is signed by an unknown key", tokenOf({}, testKey("stranger", "telemetry-enrolment")), "KEY_UNKNOWN"],
    ["was altered", `${tokenOf().slice(0, -4)}AAAA`, "SIGNATURE_INVALID"],
    ["is a license", licenseToken(), "MALFORMED"],
    ["has a member that is not allowed", tokenOf({ name: "Ada" }), "MALFORMED"],
    ["names an unusable key", tokenOf({ ed25519: toBase64url(new Uint8Array(32)) }), "MALFORMED"],
    ["has another ring", tokenOf({ ring: "ring2" }), "MALFORMED"],
    ["has expired", tokenOf({ exp: NOW }), "EXPIRED"],
  ])("is refused if it %s", (_name, token, error) => {
    expect(parse(token)).toEqual({ ok: false, error });
  });

  it("is verified with the given anchors only", () => {
    expect(parseEnrolment(tokenOf(), ROOTS, NOW)).toEqual({ ok: false, error: "KEY_UNKNOWN" });
    expect(parseEnrolment(tokenOf(), [], NOW)).toEqual({ ok: false, error: "KEY_UNKNOWN" });
  });

  it("is found after the license in the same file, and only for this computer", () => {
    const file = armor("LICENSE", licenseToken()) + armor("TELEMETRY ENROLMENT", tokenOf());
    const here = { now: NOW, device: DEVICE };
    expect(enrolmentIn(file, roots, here)).toMatchObject({ ok: true, value: { claims } });
    expect(enrolmentIn(file, roots, { ...here, device: testId("other") })).toEqual({
      ok: false,
      error: "WRONG_DEVICE",
    });
    expect(enrolmentIn(armor("LICENSE", licenseToken()), roots, here)).toEqual({ ok: false, error: "MISSING" });
    expect(enrolmentIn("", roots, here)).toEqual({ ok: false, error: "MISSING" });
  });
});

describe("a device's signature", () => {
  const body = utf8('{"a":1}');
  const about = { ingest: "https://rings.example", at: NOW * 1_000, path: "/v1/logs" };
  const signature = toBase64url(deviceKey.sign(statementOf(about, body)));
  const { publicKey } = deviceKey.root;

  it("is valid for the path and the exact body that were signed, and for nothing else", () => {
    expect(isStatementOf(publicKey, about, body, signature)).toBe(true);
    expect(isStatementOf(publicKey, { ...about, path: "/erase" }, body, signature)).toBe(false);
    expect(isStatementOf(publicKey, { ...about, ingest: "https://other.example" }, body, signature)).toBe(false);
    expect(isStatementOf(publicKey, { ...about, at: about.at + 1 }, body, signature)).toBe(false);
    expect(isStatementOf(publicKey, about, utf8('{"a": 1}'), signature)).toBe(false);
    expect(isStatementOf(issuer.root.publicKey, about, body, signature)).toBe(false);
    for (const bad of ["", "AAAA", `${signature}=`, signature.slice(1)]) {
      expect(isStatementOf(publicKey, about, body, bad)).toBe(false);
    }
  });

  it("is not accepted as a signed document of the same key", () => {
    expect(isStatementOf(publicKey, { ingest: "", at: 0, path: "" }, body, toBase64url(deviceKey.sign(body)))).toBe(
      false,
    );
  });
});
