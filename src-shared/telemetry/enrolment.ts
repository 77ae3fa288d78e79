import * as v from "valibot";
import { fromBase64url } from "../encoding/base64url.ts";
import { RandomId } from "../ids.ts";
import { NonNegativeInteger } from "../integers.ts";
import {
  isUsablePublicKey,
  type JwsError,
  type JwsProfile,
  type TrustRoots,
  verifyJws,
  type VerifySignature,
} from "../jws/index.ts";
import { RINGS, unarmor } from "../license/index.ts";
import { err, ok, type Result } from "../result.ts";
import { KIB, type UnixSeconds } from "../units.ts";

export const ENROLMENT_PROFILE: JwsProfile = {
  typ: "uvv-enrol+jws",
  role: "telemetry-enrolment",
  maxBytes: 4 * KIB,
};

const Time = NonNegativeInteger;
const Key = v.pipe(
  v.string(),
  v.check((text) => fromBase64url(text)?.length === 32),
);

/**
 * The content of an enrolment (docs/formats/telemetry.md): a pseudonym for one computer of one ring. It is an
 * invitation, not consent.
 */
export const EnrolmentClaims = v.strictObject({
  v: v.literal(1),
  pid: RandomId,
  ring: v.picklist(RINGS),
  device: Key,
  ed25519: v.pipe(
    Key,
    v.check((text) => isUsablePublicKey(fromBase64url(text) ?? new Uint8Array())),
  ),
  iat: Time,
  exp: Time,
});
export type EnrolmentClaims = v.InferOutput<typeof EnrolmentClaims>;

export type Enrolment = { readonly claims: EnrolmentClaims; readonly kid: string; readonly token: string };

export type EnrolmentError = JwsError | "MISSING" | "EXPIRED" | "WRONG_DEVICE";

/** Reads an attacker-controlled enrolment token. A receiver needs its `ed25519`, the key of the signatures. */
export function parseEnrolment(
  token: string,
  roots: TrustRoots,
  now: UnixSeconds,
  verify?: VerifySignature,
): Result<Enrolment, EnrolmentError> {
  const jws = verifyJws(token, ENROLMENT_PROFILE, roots, verify);
  if (!jws.ok) return jws;
  const claims = v.safeParse(EnrolmentClaims, jws.value.claims);
  if (!claims.success) return err("MALFORMED");
  return now < claims.output.exp ? ok({ claims: claims.output, kid: jws.value.key.kid, token }) : err("EXPIRED");
}

/** The enrolment in a license file (attacker-controlled), if it is for this computer. `MISSING`: the file has none. */
export function enrolmentIn(
  text: string,
  roots: TrustRoots,
  here: { readonly now: UnixSeconds; readonly device: string },
): Result<Enrolment, EnrolmentError> {
  const token = unarmor("TELEMETRY ENROLMENT", text);
  if (!token.ok || token.value === text) return err("MISSING");
  const enrolment = parseEnrolment(token.value, roots, here.now);
  if (!enrolment.ok) return enrolment;
  return enrolment.value.claims.device === here.device ? enrolment : err("WRONG_DEVICE");
}
