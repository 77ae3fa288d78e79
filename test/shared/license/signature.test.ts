import { describe, expect, it } from "vitest";
import { utf8 } from "../../../src-shared/encoding/text.ts";
import { LICENSE_PROFILE, REVOCATION_PROFILE } from "../../../src-shared/license/index.ts";
import {
  licenseClaims,
  licenseIssuer,
  licenseToken,
  revocationIssuer,
  revocationToken,
  ROOTS,
  signRaw,
  signToken,
  vaultPublisher,
} from "../../fakes/issuer.ts";
import { testKey } from "../../fakes/test-keys.ts";
import { encodeRaw, fromBytes, L, P, toBytes } from "../jws/edwards.ts";
import { changeBytes, flipBit, judge, withSegment } from "./cases.ts";

const token = licenseToken();
const payload = JSON.stringify(licenseClaims());
const good = { alg: "EdDSA", kid: licenseIssuer.root.kid, typ: LICENSE_PROFILE.typ };
/** Validly signed by the issuer, with this header. */
const headed = (header: object | string) =>
  signRaw(typeof header === "string" ? header : JSON.stringify(header), payload, licenseIssuer);
const publicJwk = { kty: "OKP", crv: "Ed25519", x: Buffer.from(licenseIssuer.root.publicKey).toString("base64url") };

describe("the header of a license", () => {
  it("may name its algorithm EdDSA or Ed25519, its members in any order", () => {
    expect(judge(headed(good)).code).toBe("OK");
    expect(judge(headed({ typ: good.typ, kid: good.kid, alg: "Ed25519" })).code).toBe("OK");
  });

  // Each has a valid signature of the right key: only the strict check of the header refuses it.
  it.each([
    ["alg none", { ...good, alg: "none" }],
    ["alg None", { ...good, alg: "None" }],
    ["alg HS256", { ...good, alg: "HS256" }],
    ["alg ES256", { ...good, alg: "ES256" }],
    ["alg in lower case", { ...good, alg: "eddsa" }],
    ["alg a list", { ...good, alg: ["EdDSA"] }],
    ["no alg", { kid: good.kid, typ: good.typ }],
    ["crit", { ...good, crit: ["exp"] }],
    ["crit empty", { ...good, crit: [] }],
    ["b64 false", { ...good, b64: false, crit: ["b64"] }],
    ["b64 without crit", { ...good, b64: false }],
    ["jwk", { ...good, jwk: publicJwk }],
    ["jku", { ...good, jku: "https://example.org/keys.json" }],
    ["x5u", { ...good, x5u: "https://example.org/key.pem" }],
    ["x5c", { ...good, x5c: [] }],
    ["cty", { ...good, cty: "JWT" }],
    ["a non-standard member", { ...good, note: "" }],
    ["no kid", { alg: good.alg, typ: good.typ }],
    ["an empty kid", { ...good, kid: "" }],
    ["a kid that is a path", { ...good, kid: "../keys/issuer-1" }],
    ["a kid that is a file name", { ...good, kid: "issuer-1.json" }],
    ["a kid with a null character", { ...good, kid: "issuer-1\0" }],
    ["a kid with a line end", { ...good, kid: "issuer-1\n" }],
    ["a kid of 65 characters", { ...good, kid: "k".repeat(65) }],
    ["a kid that is a number", { ...good, kid: 1 }],
    ["a kid that is a list", { ...good, kid: [good.kid] }],
    ["no typ", { alg: good.alg, kid: good.kid }],
    ["typ JWT", { ...good, typ: "JWT" }],
    ["the typ of a revocation list", { ...good, typ: REVOCATION_PROFILE.typ }],
    ["the typ of a manifest", { ...good, typ: "uvv-manifest+jws" }],
    ["the typ with its media type", { ...good, typ: `application/${good.typ}` }],
    ["the typ in upper case", { ...good, typ: good.typ.toUpperCase() }],
    ["a duplicate kid", `{"kid":"other",${JSON.stringify(good).slice(1)}`],
    ["a duplicate alg written with an escape", String.raw`{"\u0061lg":"none",` + JSON.stringify(good).slice(1)],
    ["__proto__", `{"__proto__":{},${JSON.stringify(good).slice(1)}`],

    ["a list", `[${JSON.stringify(good)}]`],
    ["null", "null"],
    ["twelve thousand brackets", "[".repeat(12_000)],
  ])("is MALFORMED with %s", (_name, header) => {
    expect(judge(headed(header))).toEqual({ code: "MALFORMED" });
  });
});

describe("the key of a license", () => {
  const retired = { ...licenseIssuer.root, retired: true };
  it.each([
    ["that is unknown", licenseToken({}, testKey("issuer-9", "license-issuer")), ROOTS],
    ["of the revocation lists", licenseToken({}, revocationIssuer), ROOTS],
    ["of the manifests", licenseToken({}, vaultPublisher), ROOTS],
    ["that is retired", token, [retired]],
    ["that is retired, with an older copy of its file before", token, [licenseIssuer.root, retired]],
    ["that is retired, with an older copy of its file after", token, [retired, licenseIssuer.root]],
    ["without any anchor", token, []],
    ["whose name differs in case", headed({ ...good, kid: "ISSUER-1" }), ROOTS],
    ["named like a property of every object", headed({ ...good, kid: "constructor" }), ROOTS],
  ])("is KEY_UNKNOWN %s", (_name, text, roots) => {
    expect(judge(text, { roots })).toEqual({ code: "KEY_UNKNOWN" });
  });

  it("is searched among the issuers only, if a key with another purpose has the same name", () => {
    const namesake = testKey("namesake", "revocation-list", { kid: good.kid });
    const roots = [namesake.root, licenseIssuer.root];
    expect(judge(licenseToken({}, namesake), { roots })).toEqual({ code: "SIGNATURE_INVALID" });
    expect(judge(token, { roots }).code).toBe("OK");
  });

  it("may be one of several, each under its own name", () => {
    const second = testKey("issuer-2", "license-issuer", { generation: 2 });
    const roots = [licenseIssuer.root, second.root];
    expect(judge(token, { roots }).code).toBe("OK");
    expect(judge(licenseToken({}, second), { roots })).toMatchObject({
      code: "OK",
      license: { kid: "issuer-2", counter: { generation: 2, sequence: 5 } },
    });
  });

  it("is MALFORMED as a revocation list, and a list is MALFORMED as a license", () => {
    expect(judge(revocationToken())).toEqual({ code: "MALFORMED" });
    const asIssuer = signToken(REVOCATION_PROFILE.typ, licenseClaims(), licenseIssuer);
    expect(judge(asIssuer)).toEqual({ code: "MALFORMED" });
  });
});

describe("the signature of a license", () => {
  const bits = token.split(".")[1]!.length * 6;
  it.each(Array.from({ length: 24 }, (_, i) => Math.floor((i * bits) / 25)))(
    "is SIGNATURE_INVALID when payload bit %i is flipped",
    (bit) => {
      expect(judge(withSegment(token, 1, (segment) => flipBit(segment, bit)))).toEqual({ code: "SIGNATURE_INVALID" });
    },
  );

  const edited = JSON.stringify(licenseClaims({ exp: licenseClaims().exp + 1 }));
  const other = testKey("other", "license-issuer");
  it.each([
    ["an edited date", withSegment(token, 1, () => Buffer.from(edited).toString("base64url"))],
    [
      "a payload with different white space",
      withSegment(token, 1, () => Buffer.from(`${payload} `).toString("base64url")),
    ],
    [
      "a header in a different order",
      withSegment(token, 0, () =>
        Buffer.from(JSON.stringify({ kid: good.kid, typ: good.typ, alg: good.alg })).toString("base64url"),
      ),
    ],
    ["the signature of another license", withSegment(token, 2, () => licenseToken({ seq: 6 }).split(".")[2]!)],
    ["the signature of another key", withSegment(token, 2, () => licenseToken({}, other).split(".")[2]!)],
    ["a signature of zeros", withSegment(token, 2, () => Buffer.alloc(64).toString("base64url"))],
    [
      "a signature over the decoded bytes",
      withSegment(token, 2, () => Buffer.from(licenseIssuer.sign(utf8(payload))).toString("base64url")),
    ],
    ...[1n, 2n, 4n, 8n].map((times) => [
      `S + ${times}L`,
      withSegment(token, 2, (segment) =>
        changeBytes(segment, (s) => Buffer.concat([s.subarray(0, 32), toBytes(fromBytes(s.subarray(32)) + times * L)])),
      ),
    ]),
    [
      "a small-order R",
      withSegment(token, 2, (segment) =>
        changeBytes(segment, (s) => Buffer.concat([encodeRaw(1n, 0n), s.subarray(32)])),
      ),
    ],
    [
      "a non-canonical R",
      withSegment(token, 2, (segment) =>
        changeBytes(segment, (s) => Buffer.concat([encodeRaw(P + 1n, 0n), s.subarray(32)])),
      ),
    ],
  ] as [string, string][])("is SIGNATURE_INVALID with %s", (_name, text) => {
    expect(text).not.toBe(token);
    expect(judge(text)).toEqual({ code: "SIGNATURE_INVALID" });
  });

  it.each([0, 32, 63])("is MALFORMED with %i bytes", (length) => {
    const cut = changeBytes(token.split(".")[2] as string, (s) => Buffer.concat([s, s]).subarray(0, length));
    expect(judge(withSegment(token, 2, () => cut))).toEqual({ code: "MALFORMED" });
  });

  it.each([
    ["the identity", encodeRaw(1n, 0n)],
    ["the identity with its sign bit", encodeRaw(1n, 1n)],
    ["the point of order 2", encodeRaw(P - 1n, 0n)],
    ["a point of order 4", encodeRaw(0n, 0n)],
    ["a second encoding of the identity", encodeRaw(P + 1n, 0n)],
  ])("is SIGNATURE_INVALID with a root that is %s, which would accept every signature", (_name, publicKey) => {
    // R = identity, S = 0 is valid with the identity key for every message.
    const forged = withSegment(token, 2, () =>
      Buffer.concat([encodeRaw(1n, 0n), Buffer.alloc(32)]).toString("base64url"),
    );
    expect(judge(forged, { roots: [{ ...licenseIssuer.root, publicKey }] })).toEqual({ code: "SIGNATURE_INVALID" });
  });
});
