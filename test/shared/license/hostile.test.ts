import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import { toBase64url } from "../../../src-shared/encoding/base64url.ts";
import { LICENSE_PROFILE } from "../../../src-shared/license/index.ts";
import { hostileTexts, TARGETS } from "../../fakes/hostile-texts.ts";
import { licenseClaims, licenseIssuer, signToken } from "../../fakes/issuer.ts";

describe.each(TARGETS.map((target) => [target.name, target] as const))("the parser of a %s", (_name, target) => {
  it("accepts a genuine one", () => {
    expect(target.parse(target.genuine)).toMatchObject({ ok: true });
  });

  it("accepts nothing that nobody signed, and never throws", () => {
    const signed = target.parse(target.genuine);
    fc.assert(
      fc.property(hostileTexts(target, 10), (text) => {
        const parsed = target.parse(text);
        // A genuine token in other text is found; it is still exactly what was signed.
        if (parsed.ok) expect(parsed).toEqual(signed);
      }),
      { numRuns: 400 },
    );
  });

  it("accepts no genuine text of another kind", () => {
    for (const other of TARGETS.filter(({ name }) => name !== target.name)) {
      expect(target.parse(other.genuine)).toMatchObject({ ok: false });
    }
  });
});

it("never throws with any claims that the right key signed", () => {
  const [license] = TARGETS;
  const claims = licenseClaims();
  const names = Object.keys(claims);
  fc.assert(
    fc.property(fc.constantFrom(...names), fc.jsonValue(), (name, value) => {
      const text = signToken(LICENSE_PROFILE.typ, { ...claims, [name]: value }, licenseIssuer);
      const parsed = license!.parse(text);
      expect(parsed.ok || parsed.error).toSatisfy((outcome) => outcome === true || outcome === "MALFORMED");
    }),
    { numRuns: 150 },
  );
});

it("never throws with a payload that is not JSON, with a valid signature", () => {
  const [license] = TARGETS;
  const head = license!.genuine.split(".")[0] as string;
  fc.assert(
    fc.property(fc.uint8Array({ minLength: 1, maxLength: 200 }), (payload) => {
      const signed = `${head}.${toBase64url(payload)}`;
      const signature = toBase64url(licenseIssuer.sign(new TextEncoder().encode(signed)));
      expect(license!.parse(`${signed}.${signature}`)).toEqual({ ok: false, error: "MALFORMED" });
    }),
    { numRuns: 100 },
  );
});
