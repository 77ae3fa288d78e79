import nacl from "tweetnacl";
import { describe, expect, it } from "vitest";
import { concatBytes } from "../../../src-shared/encoding/bytes.ts";
import { utf8 } from "../../../src-shared/encoding/text.ts";
import { isUsablePublicKey, verifyEd25519, type VerifySignature } from "../../../src-shared/jws/index.ts";
import { verifyWithOpenSsl } from "../../../src-ops/server/ingest/openssl-ed25519.ts";
import { testKey } from "../../fakes/test-keys.ts";
import { PUBLISHED_VECTORS_ABSENT, readPublishedVectors } from "../../vectors/published.ts";
import { add, challenge, encode, encodeRaw, fromBytes, L, P, publicPoint, toBytes, torsionPoints } from "./edwards.ts";

type Wycheproof = {
  testGroups: {
    publicKey: { pk: string };
    tests: { tcId: number; comment: string; msg: string; sig: string; result: string }[];
  }[];
};

/** What the app's verification decides, and the ring server's: they must always agree. */
function verify(...given: Parameters<VerifySignature>): boolean {
  const [app, server] = [verifyEd25519(...given), verifyWithOpenSsl(...given)];
  expect(server, "the ring server agrees with the app").toBe(app);
  return app;
}

const hex = (text: string) => Uint8Array.from(Buffer.from(text, "hex"));
const key = testKey("ed25519", "license-issuer");
const publicKey = key.root.publicKey;
const message = utf8("a message");
const signature = key.sign(message);

// A forgery needs a multiple of the base point whose discrete logarithm is known.
const r = 0x1234567890abcdefn;
const R = encode(publicPoint(r));

describe("Ed25519 verification", () => {
  it("agrees with all 151 Wycheproof cases", (context) => {
    const vectors = readPublishedVectors("ed25519_test.json") as Wycheproof | undefined;
    if (!vectors) return context.skip(PUBLISHED_VECTORS_ABSENT);
    const cases = vectors.testGroups.flatMap((group) =>
      group.tests.map((test) => ({ ...test, pk: group.publicKey.pk })),
    );
    const wrong = cases.filter(
      ({ pk, msg, sig, result }) => verify(hex(pk), hex(msg), hex(sig)) !== (result === "valid"),
    );
    expect(wrong.map(({ tcId, comment }) => `${tcId} ${comment}`)).toEqual([]);
    expect(cases).toHaveLength(151);
  });

  it("accepts what was signed, and no other message or key", () => {
    expect(verify(publicKey, message, signature)).toBe(true);
    expect(verify(publicKey, utf8("a massage"), signature)).toBe(false);
    expect(verify(testKey("other", "license-issuer").root.publicKey, message, signature)).toBe(false);
  });

  it("refuses a signature with any one bit flipped", () => {
    for (let bit = 0; bit < 512; bit += 7) {
      const flipped = Uint8Array.from(signature);
      flipped[bit >> 3] = (flipped[bit >> 3] as number) ^ (1 << (bit & 7));
      expect(verify(publicKey, message, flipped)).toBe(false);
    }
  });
});

// In each of these cases tweetnacl alone accepts or throws: without our check before it the test fails.
describe("what tweetnacl alone accepts", () => {
  it.each([1n, 2n, 4n, 8n])("refuses S + %sL, a second signature for the same message", (times) => {
    const s = fromBytes(signature.subarray(32)) + times * L;
    const forged = concatBytes(signature.subarray(0, 32), toBytes(s));
    expect(nacl.sign.detached.verify(message, forged, publicKey)).toBe(true);
    expect(verify(publicKey, message, forged)).toBe(false);
  });

  it.each([0, 1, 31, 32, 63, 65, 128])("refuses a signature of %i bytes without throwing", (length) => {
    const cut = new Uint8Array(length);
    cut.set(signature.subarray(0, length));
    expect(() => nacl.sign.detached.verify(message, cut, publicKey)).toThrow("bad signature size");
    expect(verify(publicKey, message, cut)).toBe(false);
  });

  it.each([0, 31, 33, 64])("refuses a public key of %i bytes without throwing", (length) => {
    const cut = new Uint8Array(length);
    cut.set(publicKey.subarray(0, length));
    expect(() => nacl.sign.detached.verify(message, signature, cut)).toThrow("bad public key size");
    expect(verify(cut, message, signature)).toBe(false);
  });

  const smallOrderKeys = torsionPoints().map((point, i) => [`${i} times the point of order 8`, encode(point)] as const);
  const oddEncodings = [
    ["the identity with the sign bit set", encodeRaw(1n, 1n)],
    ["the point of order 2 with the sign bit set", encodeRaw(P - 1n, 1n)],
    ["y = p, a second encoding of y = 0", encodeRaw(P, 0n)],
    ["y = p with the sign bit set", encodeRaw(P, 1n)],
    ["y = p + 1, a second encoding of the identity", encodeRaw(P + 1n, 0n)],
    ["y = p + 1 with the sign bit set", encodeRaw(P + 1n, 1n)],
  ] as const;

  it.each([...smallOrderKeys, ...oddEncodings])("refuses as public key %s", (_name, weak) => {
    // With S = r and R = rB the equation holds whenever the challenge is a multiple of the key's order.
    const forged = concatBytes(R, toBytes(r));
    const messages = Array.from({ length: 200 }, (_, i) => utf8(`message ${i}`));
    const accepted = messages.find((candidate) => nacl.sign.detached.verify(candidate, forged, weak));
    expect(accepted).toBeDefined();
    expect(verify(weak, accepted as Uint8Array, forged)).toBe(false);
    expect(isUsablePublicKey(weak)).toBe(false);
  });

  it.each(torsionPoints().map((point, i) => [i, point] as const))(
    "refuses as R %i times the point of order 8",
    (_i, point) => {
      // A key with a component of small order: R can be all torsion, and S = h * a makes the rest vanish.
      const a = 5n;
      const smallR = encode(point);
      for (const component of torsionPoints()) {
        const A = encode(add(publicPoint(a), component));
        for (let i = 0; i < 40; i++) {
          const text = utf8(`message ${i}`);
          const forged = concatBytes(smallR, toBytes((challenge(smallR, A, text) * a) % L));
          if (!nacl.sign.detached.verify(text, forged, A)) continue;
          expect(isUsablePublicKey(A)).toBe(true);
          expect(verify(A, text, forged)).toBe(false);
          return;
        }
      }
      expect.unreachable("no message made tweetnacl accept it");
    },
  );
});

describe("non-canonical encodings", () => {
  it.each(Array.from({ length: 19 }, (_, i) => BigInt(i)))("refuses y = p + %s as a key and as R", (k) => {
    for (const sign of [0n, 1n]) {
      const encoded = encodeRaw(P + k, sign);
      expect(isUsablePublicKey(encoded)).toBe(false);
      expect(verify(publicKey, message, concatBytes(encoded, signature.subarray(32)))).toBe(false);
    }
  });

  it("accepts as key the largest canonical y that is not of small order", () => {
    expect(isUsablePublicKey(encodeRaw(P - 2n, 0n))).toBe(true);
    expect(isUsablePublicKey(publicKey)).toBe(true);
  });

  it("refuses a key of another length", () => {
    expect(isUsablePublicKey(publicKey.subarray(1))).toBe(false);
    expect(isUsablePublicKey(concatBytes(publicKey, Uint8Array.of(0)))).toBe(false);
  });
});
