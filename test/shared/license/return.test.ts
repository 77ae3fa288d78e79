import { describe, expect, it } from "vitest";
import { armor, parseReturnProof, RETURN_TYP } from "../../../src-shared/license/index.ts";
import { KIB } from "../../../src-shared/units.ts";
import { DEVICE, LICENSE_ID, NOW, signRaw, signToken } from "../../fakes/issuer.ts";
import { testKey } from "../../fakes/test-keys.ts";
import { flipBit, withSegment } from "./cases.ts";

const device = testKey("device", "device");
const claims = { v: 1, lid: LICENSE_ID, seq: 5, device: DEVICE, iat: NOW };
const proof = (overrides: object = {}, key = device) => signToken(RETURN_TYP, { ...claims, ...overrides }, key);
const parse = (text: string, key = device) => parseReturnProof(text, key.root.publicKey);

describe("a return proof", () => {
  it("is read bare or in armour if this computer's key signed it", () => {
    expect(parse(proof())).toEqual({ ok: true, value: claims });
    expect(parse(armor("RETURN PROOF", proof()))).toEqual({ ok: true, value: claims });
  });

  it.each([
    ["of another computer", parse(proof({}, testKey("other", "device", { kid: "device" })))],
    ["verified with another computer's key", parse(proof(), testKey("other", "device"))],
    ["under another name", parse(proof({}, testKey("device2", "device")))],
    ["with one bit changed", parse(withSegment(proof(), 1, (segment) => flipBit(segment, 100)))],
    [
      "verified with a key that accepts every signature",
      parseReturnProof(proof(), Uint8Array.of(1, ...new Uint8Array(31))),
    ],
    ["verified without a key", parseReturnProof(proof(), new Uint8Array(0))],
  ])("is SIGNATURE_INVALID %s", (_what, parsed) => {
    expect(parsed).toEqual({ ok: false, error: "SIGNATURE_INVALID" });
  });

  it.each([
    ["nothing", ""],
    ["a request's typ", signToken("uvv-request+jws", claims, device)],
    ["another version", proof({ v: 2 })],
    ["no license", proof({ lid: undefined })],
    ["a license that is a path", proof({ lid: "../../../../../../../../aaaa" })],
    ["number 0", proof({ seq: 0 })],
    ["a number as text", proof({ seq: "5" })],
    ["a short device", proof({ device: DEVICE.slice(1) })],
    ["a negative time", proof({ iat: -1 })],
    ["more than 4 KiB", proof({ pad: "x".repeat(4 * KIB) })],
    [
      "a duplicate member",
      signRaw(
        JSON.stringify({ alg: "EdDSA", kid: "device", typ: RETURN_TYP }),
        JSON.stringify(claims).replace("{", '{"seq":9,'),
        device,
      ),
    ],
  ])("is MALFORMED with %s", (_what, text) => {
    expect(parse(text)).toEqual({ ok: false, error: "MALFORMED" });
  });
});
