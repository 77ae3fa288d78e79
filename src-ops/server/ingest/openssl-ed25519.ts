import { createPublicKey, verify } from "node:crypto";
import { toBase64url } from "../../../src-shared/encoding/base64url.ts";
import { isStrictSignature, type VerifySignature } from "../../../src-shared/jws/index.ts";

/**
 * The same decision as `verifyEd25519` in a fiftieth of the time, so that forged signatures do not block the server.
 * OpenSSL throws on keys of a wrong length, and not all its versions refuse points of small order; the shared checks do.
 */
export const verifyWithOpenSsl: VerifySignature = (publicKey, message, signature) =>
  verifierOf(publicKey)(message, signature);

/** The same for one key, which is parsed once. */
export function verifierOf(publicKey: Uint8Array): (message: Uint8Array, signature: Uint8Array) => boolean {
  let key: ReturnType<typeof createPublicKey> | undefined;
  return (message, signature) => {
    if (!isStrictSignature(publicKey, signature)) return false;
    key ??= createPublicKey({ key: { kty: "OKP", crv: "Ed25519", x: toBase64url(publicKey) }, format: "jwk" });
    return verify(null, message, key, signature);
  };
}
