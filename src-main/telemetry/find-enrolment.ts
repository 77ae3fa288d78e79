import type { TrustRoots } from "../../src-shared/jws/index.ts";
import { type Enrolment, enrolmentIn } from "../../src-shared/telemetry/index.ts";
import type { UnixSeconds } from "../../src-shared/units.ts";

/** The newest enrolment for this computer among license files (attacker-controlled). */
export function findEnrolment(
  texts: readonly string[],
  roots: TrustRoots,
  here: { readonly now: UnixSeconds; readonly device: string },
): Enrolment | undefined {
  const found = texts.flatMap((text) => {
    const enrolment = enrolmentIn(text, roots, here);
    return enrolment.ok ? [enrolment.value] : [];
  });
  return found.toSorted((one, other) => other.claims.iat - one.claims.iat)[0];
}
