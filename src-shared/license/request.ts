import * as v from "valibot";
import { fromBase64url } from "../encoding/base64url.ts";
import { RandomId } from "../ids.ts";
import { NonNegativeInteger } from "../integers.ts";
import { decodeUnverifiedJws, type JwsProfile, verifyJws } from "../jws/index.ts";
import { err, ok, type Result } from "../result.ts";
import { KIB } from "../units.ts";
import { unarmor } from "./armor.ts";
import { DeviceFingerprint, StickFingerprint } from "./fingerprint.ts";

const Key = v.pipe(
  v.string(),
  v.check((text) => fromBase64url(text)?.length === 32),
);

export const REQUEST_TYP = "uvv-request+jws";

/**
 * What a computer sends to the publisher to ask for a license: which stick, and its two public device keys. `device` is
 * the RFC 7638 thumbprint of the X25519 key. No host name, no user name; of the hardware only keyed marks.
 */
export const ActivationRequest = v.object({
  v: v.literal(1),
  vaultId: RandomId,
  stickId: RandomId,
  device: Key,
  x25519: Key,
  ed25519: Key,
  app: v.pipe(v.string(), v.maxLength(32)),
  iat: NonNegativeInteger,
  deviceMarks: v.exactOptional(DeviceFingerprint),
  stickMarks: v.exactOptional(StickFingerprint),
});
export type ActivationRequest = v.InferOutput<typeof ActivationRequest>;

/**
 * Reads an attacker-controlled request. It is signed by the device's own Ed25519 key, which it contains: that proves
 * that the file arrived complete and that the sender has the key, not who the sender is.
 */
export function parseActivationRequest(text: string): Result<ActivationRequest, "MALFORMED" | "SIGNATURE_INVALID"> {
  const token = unarmor("ACTIVATION REQUEST", text);
  if (!token.ok) return token;
  const claims = v.safeParse(ActivationRequest, decodeUnverifiedJws(token.value)?.claims);
  if (!claims.success) return err("MALFORMED");
  const publicKey = fromBase64url(claims.output.ed25519);
  if (!publicKey) return err("MALFORMED");
  const profile: JwsProfile = { typ: REQUEST_TYP, role: "device", maxBytes: 4 * KIB };
  const self = { kid: "device", role: profile.role, generation: 1, publicKey, retired: false, dev: false };
  const signed = verifyJws(token.value, profile, [self]);
  if (!signed.ok) return err(signed.error === "MALFORMED" ? "MALFORMED" : "SIGNATURE_INVALID");
  return ok(claims.output);
}
