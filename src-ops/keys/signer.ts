import nacl from "tweetnacl";
import type { Json } from "../../src-shared/encoding/strict-json.ts";
import { composeJws, type JwsProfile, type KeyRole } from "../../src-shared/jws/index.ts";

/** A private key that can sign but not be read: the seed stays inside the closure and cannot be logged. */
export type Signer<Role extends string = KeyRole> = {
  readonly kid: string;
  readonly role: Role;
  readonly dev: boolean;
  sign(message: Uint8Array): Uint8Array;
};

/** @param seed the 32-byte Ed25519 private key (RFC 8032) */
export function createSigner<Role extends string>(
  seed: Uint8Array,
  key: { kid: string; role: Role; dev: boolean },
): Signer<Role> {
  // Derived at the first signature: otherwise a bundle of twenty keys would take a second to open.
  let secretKey: Uint8Array | undefined;
  return {
    ...key,
    sign(message) {
      secretKey ??= nacl.sign.keyPair.fromSeed(seed).secretKey;
      return nacl.sign.detached(message, secretKey);
    },
  };
}

/** Signs claims as the document type that the profile describes. Throws for a key of another role, which is a bug. */
export function signDocument(signer: Signer, profile: JwsProfile, claims: object): string {
  if (signer.role !== profile.role) throw new RangeError(`a ${signer.role} key cannot sign a ${profile.typ}`);
  return composeJws({ typ: profile.typ, kid: signer.kid }, claims as Json, (signed) => signer.sign(signed));
}
