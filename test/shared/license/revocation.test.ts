import { describe, expect, it } from "vitest";
import { MAX_ARMORED_CHARS } from "../../../src-shared/limits.ts";
import { armor, parseRevocations, REVOCATION_PROFILE } from "../../../src-shared/license/index.ts";
import {
  LICENSE_ID,
  licenseIssuer,
  NOW,
  revocationIssuer,
  revocationToken,
  ROOTS,
  signToken,
} from "../../fakes/issuer.ts";
import { testId, testKey } from "../../fakes/test-keys.ts";
import { flipBit, withSegment } from "./cases.ts";

const content = { seq: 7, iat: NOW, licenses: [LICENSE_ID], keys: ["issuer-1"] };
const token = revocationToken(content);

describe("a revocation list", () => {
  it("is read bare or in armour, with its counter and its time", () => {
    const expected = {
      ok: true,
      value: {
        counter: { generation: 1, sequence: 7 },
        issued: NOW,
        licenses: new Set([LICENSE_ID]),
        keys: new Set(["issuer-1"]),
      },
    };
    expect(parseRevocations(token, ROOTS)).toEqual(expected);
    expect(parseRevocations(armor("REVOCATION LIST", token), ROOTS)).toEqual(expected);
  });

  it("gets its generation from its key", () => {
    const key = testKey("revocations-2", "revocation-list", { generation: 2 });
    expect(parseRevocations(revocationToken(content, key), [key.root])).toMatchObject({
      value: { counter: { generation: 2, sequence: 7 } },
    });
  });

  it("fits into its armour even with the largest allowed size", () => {
    const ids = Array.from({ length: 1700 }, (_, i) => testId(`revoked ${i}`));
    let big = revocationToken({ licenses: ids });
    for (let count = ids.length; big.length > REVOCATION_PROFILE.maxBytes; count--) {
      big = revocationToken({ licenses: ids.slice(0, count) });
    }
    expect(big.length).toBeGreaterThan(REVOCATION_PROFILE.maxBytes - 100);
    expect(armor("REVOCATION LIST", big).length).toBeLessThan(MAX_ARMORED_CHARS);
    expect(parseRevocations(armor("REVOCATION LIST", big), ROOTS).ok).toBe(true);
    const larger = revocationToken({ licenses: ids });
    expect(parseRevocations(larger, ROOTS)).toEqual({ ok: false, error: "MALFORMED" });
  });

  it.each([
    ["signed by a license issuer", revocationToken({}, licenseIssuer), "KEY_UNKNOWN"],
    [
      "signed by an unknown signer under its name",
      revocationToken({}, testKey("x", "revocation-list", { kid: "revocations-1" })),
      "SIGNATURE_INVALID",
    ],
    ["with an edited payload", withSegment(token, 1, (segment) => flipBit(segment, 100)), "SIGNATURE_INVALID"],
    ["with the typ of a license", signToken("uvv-license+jws", { v: 1, ...content }, revocationIssuer), "MALFORMED"],
    ["of another version", signToken(REVOCATION_PROFILE.typ, { ...content, v: 2 }, revocationIssuer), "MALFORMED"],
    ["of seq 0", revocationToken({ seq: 0 }), "MALFORMED"],
    ["with a license that is not an id", revocationToken({ licenses: ["*"] }), "MALFORMED"],
    ["with a key that is a path", revocationToken({ keys: ["../k"] }), "MALFORMED"],
    [
      "without its list",
      signToken(REVOCATION_PROFILE.typ, { v: 1, seq: 1, iat: 1, keys: [] }, revocationIssuer),
      "MALFORMED",
    ],
    ["that is empty", "", "MALFORMED"],
  ])("is refused %s", (_name, text, error) => {
    expect(parseRevocations(text, ROOTS)).toEqual({ ok: false, error });
  });
});
