import type { LicenseTerms } from "./terms.ts";
import { armor } from "../../src-shared/license/index.ts";
import { ok } from "../../src-shared/result.ts";
import { ENROLMENT_PROFILE, type EnrolmentClaims, enrolmentIn } from "../../src-shared/telemetry/index.ts";
import { type Attempt, fail } from "../failure.ts";
import { loadSigner, publicKeysOf, signDocument } from "../keys/index.ts";
import type { RegisteredEnrolment } from "../register/index.ts";
import type { IssuingContext } from "./issuing-context.ts";

export type IssuedEnrolment = { readonly text: string; readonly entry: RegisteredEnrolment };

/** The enrolment that follows a license in the same file (docs/formats/telemetry.md). It is valid as long as the license.
 * `undefined`: the terms ask for none.
 */
export async function composeEnrolment(
  context: IssuingContext,
  terms: LicenseTerms,
): Promise<Attempt<IssuedEnrolment | undefined>> {
  const { publisher, roots, now } = context;
  const { pid, device, ring, exp, grace } = terms;
  if (pid === undefined) return ok(undefined);
  if (device === undefined) return fail("USAGE", "An enrolment is for one computer: name its --request.");
  const signer = await loadSigner(publisher, "telemetry-enrolment");
  if (!signer.ok) return signer;
  const { id, ed25519 } = device;
  const claims: EnrolmentClaims = { v: 1, pid, ring, device: id, ed25519, iat: now, exp: exp + grace };
  const text = armor("TELEMETRY ENROLMENT", signDocument(signer.value, ENROLMENT_PROFILE, claims));
  // Checked before it is entered in the register: the computer must be able to accept the enrolment.
  if (!enrolmentIn(text, roots, { now, device: id }).ok) {
    return fail("KEYS_BROKEN", `The public keys in ${publicKeysOf(publisher)} do not match the private ones.`);
  }
  return ok({ text, entry: { pid, exp: claims.exp, kid: signer.value.kid } });
}
