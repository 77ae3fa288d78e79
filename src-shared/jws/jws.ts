import * as v from "valibot";
import { fromBase64url, toBase64url } from "../encoding/base64url.ts";
import { type Json, parseStrictJson } from "../encoding/strict-json.ts";
import { utf8 } from "../encoding/text.ts";
import { err, ok, type Result } from "../result.ts";
import type { Bytes } from "../units.ts";
import { ED25519_SIGNATURE_BYTES, verifyEd25519, type VerifySignature } from "./ed25519.ts";
import { type KeyRole, KID_PATTERN, type TrustRoot, type TrustRoots } from "./trust.ts";

/** The requirements for a document type: its `typ`, the role of the key that signs it, and its maximum size. */
export type JwsProfile = { readonly typ: string; readonly role: KeyRole; readonly maxBytes: Bytes };

export type VerifiedJws = { readonly key: TrustRoot; readonly claims: Json; readonly payload: Uint8Array };

/** In the order in which they are checked: size and syntax, header, key, signature, then the syntax of the claims. */
export type JwsError = "MALFORMED" | "KEY_UNKNOWN" | "SIGNATURE_INVALID";

// Closed: `crit`, `b64`, `jwk`, `jku`, `x5u` and anything else are refused (RFC 7515 section 4, RFC 8725).
const Header = v.strictObject({
  alg: v.picklist(["EdDSA", "Ed25519"]),
  kid: v.pipe(v.string(), v.regex(KID_PATTERN)),
  typ: v.string(),
});

/**
 * Verifies an attacker-controlled compact JWS (RFC 7515, RFC 8037) against the given anchors. The key is looked up by
 * `kid` among the roots of the profile's role only; algorithm and purpose belong to that root. Claims are parsed only
 * after the signature was verified.
 */
export function verifyJws(
  token: string,
  profile: JwsProfile,
  roots: TrustRoots,
  verify: VerifySignature = verifyEd25519,
): Result<VerifiedJws, JwsError> {
  if (token.length === 0 || token.length > profile.maxBytes) return err("MALFORMED");
  const parts = splitToken(token);
  if (!parts) return err("MALFORMED");
  const header = parseHeader(parts.header);
  if (!header || header.typ !== profile.typ) return err("MALFORMED");
  const named = roots.filter((root) => root.kid === header.kid && root.role === profile.role);
  const [key] = named;
  // An old copy of a key file, from before the key was retired, does not make the key valid again.
  if (!key || named.some((root) => root.retired)) return err("KEY_UNKNOWN");
  if (!verify(key.publicKey, parts.signed, parts.signature)) return err("SIGNATURE_INVALID");
  const claims = parseStrictJson(parts.payload);
  if (!claims.ok) return err("MALFORMED");
  return ok({ key, claims: claims.value, payload: parts.payload });
}

/** Shows the parts of a token *without any check*: for inspection by people, never for a decision. */
export function decodeUnverifiedJws(token: string): { readonly header: Json; readonly claims: Json } | undefined {
  const parts = splitToken(token);
  if (!parts) return undefined;
  const header = parseStrictJson(parts.header);
  const claims = parseStrictJson(parts.payload);
  return header.ok && claims.ok ? { header: header.value, claims: claims.value } : undefined;
}

// The bytes that a signature covers (RFC 7515 section 5.1).
function signingInput(encodedHeader: string, encodedPayload: string): Uint8Array {
  return utf8(`${encodedHeader}.${encodedPayload}`);
}

function splitToken(token: string) {
  const segments = token.split(".");
  if (segments.length !== 3) return undefined;
  const [encodedHeader, encodedPayload, encodedSignature] = segments as [string, string, string];
  const header = fromBase64url(encodedHeader);
  const payload = fromBase64url(encodedPayload);
  const signature = fromBase64url(encodedSignature);
  if (!header?.length || !payload?.length || signature?.length !== ED25519_SIGNATURE_BYTES) return undefined;
  return { header, payload, signature, signed: signingInput(encodedHeader, encodedPayload) };
}

function parseHeader(bytes: Uint8Array): v.InferOutput<typeof Header> | undefined {
  const json = parseStrictJson(bytes);
  if (!json.ok) return undefined;
  const header = v.safeParse(Header, json.value);
  return header.success ? header.output : undefined;
}

/** Builds a compact JWS. The private key stays with the caller, who passes only a signing function. */
export function composeJws(
  header: { readonly typ: string; readonly kid: string },
  claims: Json,
  sign: (signed: Uint8Array) => Uint8Array,
): string {
  const encodedHeader = toBase64url(utf8(JSON.stringify({ alg: "EdDSA", kid: header.kid, typ: header.typ })));
  const encodedPayload = toBase64url(utf8(JSON.stringify(claims)));
  const signature = sign(signingInput(encodedHeader, encodedPayload));
  return `${encodedHeader}.${encodedPayload}.${toBase64url(signature)}`;
}
