import { sign } from "node:crypto";
import type { Json } from "../../src-shared/encoding/strict-json.ts";
import { privateKeyOf } from "./ed25519.ts";
import { composeJws, type JwsProfile, type KeyRole } from "../../src-shared/jws/index.ts";

/** A private key that can sign but not be read: it stays inside the closure and cannot be logged. */
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
  const privateKey = privateKeyOf(seed);
  return { ...key, sign: (message) => new Uint8Array(sign(null, message, privateKey)) };
}

/** Signs claims as the document type that the profile describes. Throws for a key of another role, which is a bug. */
export function signDocument(signer: Signer, profile: JwsProfile, claims: object): string {
  if (signer.role !== profile.role) throw new RangeError(`a ${signer.role} key cannot sign a ${profile.typ}`);
  return composeJws({ typ: profile.typ, kid: signer.kid }, claims as Json, (signed) => signer.sign(signed));
}
