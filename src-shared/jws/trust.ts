import * as v from "valibot";
import { fromBase64url, toBase64url } from "../encoding/base64url.ts";
import { parseStrictJson } from "../encoding/strict-json.ts";
import { PositiveInteger } from "../integers.ts";
import { err, ok, type Result } from "../result.ts";
import { isUsablePublicKey } from "./ed25519.ts";

/**
 * What a key may sign. A key has one purpose; the header of a token never chooses it. `key-manifest` is the parent: it
 * names the keys of all other roles, and only a reader's own anchors name it.
 */
export const TRUST_ROLES = [
  "license-issuer",
  "revocation-list",
  "vault-publisher",
  "telemetry-enrolment",
  "key-manifest",
] as const;
export type TrustRole = (typeof TRUST_ROLES)[number];

/** `device` keys are never in a trust root file: a request contains its own device key. */
export type KeyRole = TrustRole | "device";

/** One public key that a reader was given out of band, with the purpose it is bound to. */
export type TrustRoot = {
  readonly kid: string;
  readonly role: KeyRole;
  /** Raised only by the parent role; compared before any sequence number (design.md, Trust). */
  readonly generation: number;
  readonly publicKey: Uint8Array;
  /** A retired key no longer verifies anything. */
  readonly retired: boolean;
  /** Made for development or the demo: a release build refuses it. */
  readonly dev: boolean;
};

/** The anchors of every check. An empty list refuses everything. */
export type TrustRoots = readonly TrustRoot[];

export const KID_PATTERN = /^[A-Za-z0-9_-]{1,64}$/;

/** A public JWK (RFC 7517, RFC 8037) with our members `uvv:*`. A JWK with a private part is refused. */
export const PublicJwk = v.object({
  kty: v.literal("OKP"),
  crv: v.literal("Ed25519"),
  x: v.string(),
  d: v.optional(v.never()),
  kid: v.pipe(v.string(), v.regex(KID_PATTERN)),
  use: v.literal("sig"),
  alg: v.literal("EdDSA"),
  "uvv:role": v.picklist(TRUST_ROLES),
  "uvv:generation": PositiveInteger,
  "uvv:retired": v.optional(v.boolean(), false),
  "uvv:dev": v.optional(v.boolean(), false),
});
export type PublicJwk = v.InferInput<typeof PublicJwk>;

/** Reads one public key file. `BAD_KEY`: not a public Ed25519 JWK of ours, or an unusable point. */
export function parseTrustRoot(bytes: Uint8Array): Result<TrustRoot, "BAD_KEY"> {
  const json = parseStrictJson(bytes);
  if (!json.ok) return err("BAD_KEY");
  const jwk = v.safeParse(PublicJwk, json.value);
  return jwk.success ? rootOfJwk(jwk.output) : err("BAD_KEY");
}

/** The key of one of our JWKs. `BAD_KEY`: an unusable point. */
export function rootOfJwk(jwk: PublicJwk): Result<TrustRoot, "BAD_KEY"> {
  const publicKey = fromBase64url(jwk.x);
  if (!publicKey || !isUsablePublicKey(publicKey)) return err("BAD_KEY");
  return ok({
    kid: jwk.kid,
    role: jwk["uvv:role"],
    generation: jwk["uvv:generation"],
    publicKey,
    retired: jwk["uvv:retired"] ?? false,
    dev: jwk["uvv:dev"] ?? false,
  });
}

/** The JWK of a key; `rootOfJwk` is the inverse. */
export function jwkOfRoot({ kid, role, generation, publicKey, retired, dev }: TrustRoot): PublicJwk {
  if (role === "device") throw new RangeError("a device key stands in no key file");
  return {
    kty: "OKP",
    crv: "Ed25519",
    x: toBase64url(publicKey),
    kid,
    use: "sig",
    alg: "EdDSA",
    "uvv:role": role,
    "uvv:generation": generation,
    ...(retired ? { "uvv:retired": true } : {}),
    ...(dev ? { "uvv:dev": true } : {}),
  };
}
