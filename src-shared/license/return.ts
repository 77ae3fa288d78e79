import * as v from "valibot";
import { fromBase64url } from "../encoding/base64url.ts";
import { RandomId } from "../ids.ts";
import { NonNegativeInteger, PositiveInteger } from "../integers.ts";
import { type JwsProfile, verifyJws } from "../jws/index.ts";
import { err, ok, type Result } from "../result.ts";
import { KIB } from "../units.ts";
import { unarmor } from "./armor.ts";

export const RETURN_TYP = "uvv-return+jws";

/**
 * The statement of a computer that returns a license: it has taken this file out of use and remembers that. `seq`
 * identifies the file, so that an old proof does not return a license that was issued again.
 */
export const ReturnProof = v.object({
  v: v.literal(1),
  lid: RandomId,
  seq: PositiveInteger,
  /** The computer's name, as in the license. */
  device: v.pipe(
    v.string(),
    v.check((text) => fromBase64url(text)?.length === 32),
  ),
  iat: NonNegativeInteger,
});
export type ReturnProof = v.InferOutput<typeof ReturnProof>;

/**
 * Reads an attacker-controlled return proof (`.uvvret`).
 * @param publicKey the device's Ed25519 key, 32 bytes, from its earlier request: the proof itself contains none
 */
export function parseReturnProof(
  text: string,
  publicKey: Uint8Array,
): Result<ReturnProof, "MALFORMED" | "SIGNATURE_INVALID"> {
  const token = unarmor("RETURN PROOF", text);
  if (!token.ok) return token;
  const profile: JwsProfile = { typ: RETURN_TYP, role: "device", maxBytes: 4 * KIB };
  const device = { kid: "device", role: profile.role, generation: 1, publicKey, retired: false, dev: false };
  const jws = verifyJws(token.value, profile, [device]);
  if (!jws.ok) return err(jws.error === "MALFORMED" ? "MALFORMED" : "SIGNATURE_INVALID");
  const claims = v.safeParse(ReturnProof, jws.value.claims);
  return claims.success ? ok(claims.output) : err("MALFORMED");
}
