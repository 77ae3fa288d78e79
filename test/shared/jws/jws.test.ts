import { createHmac } from "node:crypto";
import { describe, expect, it } from "vitest";
import { toBase64url } from "../../../src-shared/encoding/base64url.ts";
import { utf8 } from "../../../src-shared/encoding/text.ts";
import { composeJws, decodeUnverifiedJws, type JwsProfile, verifyJws } from "../../../src-shared/jws/index.ts";
import { signRaw, signToken } from "../../fakes/issuer.ts";
import { testKey } from "../../fakes/test-keys.ts";

const profile: JwsProfile = { typ: "test+jws", role: "license-issuer", maxBytes: 1000 };
const key = testKey("key-1", "license-issuer");
const other = testKey("key-2", "license-issuer");
const claims = { text: "é", number: 1 };
const token = signToken(profile.typ, claims, key);
const header = (members: object) => JSON.stringify({ alg: "EdDSA", kid: "key-1", typ: profile.typ, ...members });

describe("a compact JWS", () => {
  it("returns its claims and its key if everything is valid", () => {
    const verified = verifyJws(token, profile, [other.root, key.root]);
    expect(verified).toEqual({
      ok: true,
      value: { key: key.root, claims, payload: utf8(JSON.stringify(claims)) },
    });
  });

  it("accepts alg Ed25519 (RFC 9864) as well as EdDSA", () => {
    expect(verifyJws(signRaw(header({ alg: "Ed25519" }), "{}", key), profile, [key.root]).ok).toBe(true);
  });

  it("is refused without any anchor", () => {
    expect(verifyJws(token, profile, [])).toEqual({ ok: false, error: "KEY_UNKNOWN" });
  });

  it("uses the key of its own role if two roles share a kid", () => {
    const stranger = testKey("stranger", "vault-publisher", { kid: "key-1" });
    expect(verifyJws(token, profile, [stranger.root, key.root]).ok).toBe(true);
    const swapped = signToken(profile.typ, claims, stranger);
    expect(verifyJws(swapped, profile, [stranger.root, key.root])).toEqual({ ok: false, error: "SIGNATURE_INVALID" });
    expect(verifyJws(swapped, profile, [stranger.root])).toEqual({ ok: false, error: "KEY_UNKNOWN" });
  });

  it("limits the characters of the whole token", () => {
    expect(verifyJws(token, { ...profile, maxBytes: token.length }, [key.root]).ok).toBe(true);
    expect(verifyJws(token, { ...profile, maxBytes: token.length - 1 }, [key.root])).toEqual({
      ok: false,
      error: "MALFORMED",
    });
  });

  it("is refused if an HMAC keyed with the public key replaces the signature", () => {
    for (const [alg, hash] of [
      ["HS256", "sha256"],
      ["HS512", "sha512"],
    ] as const) {
      const signed = `${toBase64url(utf8(header({ alg })))}.${toBase64url(utf8("{}"))}`;
      const mac = createHmac(hash, key.root.publicKey).update(signed).digest();
      expect(verifyJws(`${signed}.${toBase64url(mac)}`, profile, [key.root])).toEqual({
        ok: false,
        error: "MALFORMED",
      });
    }
  });

  it("has its claims read only after the signature was verified", () => {
    const broken = signRaw(header({}), '{"a":1,"a":2}', other);
    expect(verifyJws(broken, profile, [key.root])).toEqual({ ok: false, error: "SIGNATURE_INVALID" });
    const signed = signRaw(header({}), '{"a":1,"a":2}', key);
    expect(verifyJws(signed, profile, [key.root])).toEqual({ ok: false, error: "MALFORMED" });
  });
});

describe("composing", () => {
  it("writes alg, kid and typ, in this order and nothing else", () => {
    expect(Buffer.from(token.split(".")[0] as string, "base64url").toString()).toBe(
      '{"alg":"EdDSA","kid":"key-1","typ":"test+jws"}',
    );
  });

  it("passes header and payload to the signer exactly as they are in the token", () => {
    const seen: string[] = [];
    const composed = composeJws({ typ: "t", kid: "k" }, {}, (bytes) => {
      seen.push(Buffer.from(bytes).toString("ascii"));
      return new Uint8Array(64);
    });
    expect(seen).toEqual([composed.slice(0, composed.lastIndexOf("."))]);
  });
});

describe("reading a token without verification", () => {
  it("returns header and claims, whoever signed it", () => {
    expect(decodeUnverifiedJws(token)).toEqual({ header: { alg: "EdDSA", kid: "key-1", typ: profile.typ }, claims });
  });

  it("returns nothing if it cannot be read", () => {
    expect(decodeUnverifiedJws("a.b")).toBeUndefined();
    expect(decodeUnverifiedJws(signRaw("{", "{}", key))).toBeUndefined();
    expect(decodeUnverifiedJws(signRaw("{}", '{"a":1,"a":1}', key))).toBeUndefined();
  });
});
