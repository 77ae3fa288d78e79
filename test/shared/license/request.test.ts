import { describe, expect, it } from "vitest";
import { toBase64url } from "../../../src-shared/encoding/base64url.ts";
import { armor, parseActivationRequest, REQUEST_TYP } from "../../../src-shared/license/index.ts";
import { KIB } from "../../../src-shared/units.ts";
import { licenseIssuer, requestToken, signRaw, signToken } from "../../fakes/issuer.ts";
import { testKey, testSeed } from "../../fakes/test-keys.ts";
import { flipBit, withSegment } from "./cases.ts";

const device = testKey("device", "device");
const token = requestToken();
const claims = JSON.parse(Buffer.from(token.split(".")[1] as string, "base64url").toString()) as Record<
  string,
  unknown
>;
const identity = toBase64url(Uint8Array.of(1, ...new Uint8Array(31)));

describe("an activation request", () => {
  it("is read bare or in armour if its own key signed it", () => {
    expect(parseActivationRequest(token)).toEqual({ ok: true, value: claims });
    expect(parseActivationRequest(armor("ACTIVATION REQUEST", token))).toEqual({ ok: true, value: claims });
  });

  it("may contain the marks of computer and drive", () => {
    const mark = toBase64url(new Uint8Array(16));
    const marks = {
      deviceMarks: { os: mark, net: Array.from({ length: 8 }, () => mark) },
      stickMarks: { serial: mark },
    };
    expect(parseActivationRequest(requestToken(marks))).toEqual({ ok: true, value: { ...claims, ...marks } });
  });

  it.each([
    ["a changed stick", withSegment(token, 1, (segment) => flipBit(segment, 200))],
    ["another signer", requestToken({}, testKey("other", "device", { kid: "device" }))],
    ["another kid", requestToken({}, testKey("device2", "device"))],
    ["a key in it that did not sign it", requestToken({ ed25519: toBase64url(licenseIssuer.root.publicKey) })],
    [
      "a key in it that accepts every signature",
      withSegment(requestToken({ ed25519: identity }), 2, () => `AQ${"A".repeat(84)}`),
    ],
  ])("is refused with %s", (_name, text) => {
    const parsed = parseActivationRequest(text);
    expect(parsed.ok).toBe(false);
    expect(parsed.ok || ["SIGNATURE_INVALID", "MALFORMED"].includes(parsed.error)).toBe(true);
  });

  it("is SIGNATURE_INVALID if all of it can be read but its key did not sign it", () => {
    expect(parseActivationRequest(requestToken({}, testKey("other", "device", { kid: "device" })))).toEqual({
      ok: false,
      error: "SIGNATURE_INVALID",
    });
  });

  it.each([
    ["nothing", ""],
    ["another typ", signToken("uvv-license+jws", claims, device)],
    [
      "an algorithm of its own",
      signRaw(JSON.stringify({ alg: "none", kid: "device", typ: REQUEST_TYP }), JSON.stringify(claims), device),
    ],
    ["more than 4 KiB", signToken(REQUEST_TYP, { ...claims, pad: "x".repeat(4 * KIB) }, device)],
    ["another version", signToken(REQUEST_TYP, { ...claims, v: 2 }, device)],
    ["no stick", signToken(REQUEST_TYP, { ...claims, stickId: undefined }, device)],
    ["a stick that is a path", requestToken({ stickId: "../../../../../../../../aaa" })],
    ["a short key", requestToken({ x25519: toBase64url(testSeed("x").subarray(1)) })],
    ["a non-canonical key", requestToken({ x25519: `${"A".repeat(42)}B` })],
    ["a fractional time", requestToken({ iat: 1.5 })],
    ["a mark of 15 bytes", requestToken({ stickMarks: { serial: toBase64url(new Uint8Array(15)) } })],
    ["nine network cards", requestToken({ deviceMarks: { net: Array.from({ length: 9 }, () => "A".repeat(22)) } })],
    ["a very long app version", requestToken({ app: "1".repeat(33) })],
    [
      "a duplicate member",
      signRaw(
        JSON.stringify({ alg: "EdDSA", kid: "device", typ: REQUEST_TYP }),
        JSON.stringify(claims).replace("{", '{"v":1,'),
        device,
      ),
    ],
  ])("is MALFORMED with %s", (_name, text) => {
    expect(parseActivationRequest(text)).toEqual({ ok: false, error: "MALFORMED" });
  });
});
