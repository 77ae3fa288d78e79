import nacl from "tweetnacl";
import { toBase64url } from "../../src-shared/encoding/base64url.ts";
import { utf8 } from "../../src-shared/encoding/text.ts";
import { ID_LENGTH, idFromRandom } from "../../src-shared/ids.ts";
import type { KeyRole, PublicJwk, TrustRole, TrustRoot } from "../../src-shared/jws/index.ts";

/** A signing key for tests. Its seed is the hash of a public phrase, so it protects nothing. */
export type TestKey = {
  readonly root: TrustRoot;
  readonly sign: (message: Uint8Array) => Uint8Array;
};

/** 32 bytes that depend only on the phrase. */
export function testSeed(phrase: string): Uint8Array<ArrayBuffer> {
  return Uint8Array.from(nacl.hash(utf8(`usb-video-vault test ${phrase}`)).subarray(0, 32));
}

/** An identifier (26 letters and digits) that depends only on the phrase. */
export function testId(phrase: string): string {
  return idFromRandom(nacl.hash(utf8(`usb-video-vault test id ${phrase}`)).subarray(0, ID_LENGTH));
}

/** The Ed25519 key of this name; `root` members can be overridden (generation, retired, role, ...). */
export function testKey(kid: string, role: KeyRole, overrides: Partial<TrustRoot> = {}): TestKey {
  const pair = nacl.sign.keyPair.fromSeed(testSeed(`key ${kid}`));
  return {
    root: { kid, role, generation: 1, publicKey: pair.publicKey, retired: false, dev: true, ...overrides },
    sign: (message) => nacl.sign.detached(message, pair.secretKey),
  };
}

/** The public key file (JWK) that a trust root is read from. */
export function testKeyFile(root: TrustRoot & { readonly role: TrustRole }): PublicJwk {
  return {
    kty: "OKP",
    crv: "Ed25519",
    x: toBase64url(root.publicKey),
    kid: root.kid,
    use: "sig",
    alg: "EdDSA",
    "uvv:role": root.role,
    "uvv:generation": root.generation,
    ...(root.retired ? { "uvv:retired": true } : {}),
    ...(root.dev ? { "uvv:dev": true } : {}),
  };
}
