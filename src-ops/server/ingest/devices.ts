import { fromBase64url } from "../../../src-shared/encoding/base64url.ts";
import type { TrustRoots } from "../../../src-shared/jws/index.ts";
import type { Ring } from "../../../src-shared/license/index.ts";
import { ok, type Result } from "../../../src-shared/result.ts";
import {
  type EnrolmentError,
  parseEnrolment,
  type StatementAbout,
  statementOf,
} from "../../../src-shared/telemetry/index.ts";
import type { UnixSeconds } from "../../../src-shared/units.ts";
import { verifierOf, verifyWithOpenSsl } from "./openssl-ed25519.ts";

/** A computer with a valid enrolment. */
export type Device = {
  readonly pid: string;
  readonly ring: Ring;
  readonly iat: UnixSeconds;
  readonly exp: UnixSeconds;
  /** Whether the computer signed a message (attacker-controlled, like the signature). */
  readonly verify: (message: Uint8Array, signature: Uint8Array) => boolean;
};

const MAX_KNOWN = 10_000;

/** Verifies enrolment tokens. Verified tokens are cached by their text, because checking a signature is slower. */
export function createDevices(roots: TrustRoots) {
  const known = new Map<string, Device>();

  return {
    isKnown: (token: string) => known.has(token),
    identify(token: string, now: UnixSeconds): Result<Device, EnrolmentError> {
      const device = known.get(token);
      if (device && now < device.exp) return ok(device);
      const enrolment = parseEnrolment(token, roots, now, verifyWithOpenSsl);
      if (!enrolment.ok) return enrolment;
      const { pid, ring, iat, exp, ed25519 } = enrolment.value.claims;
      const verify = verifierOf(fromBase64url(ed25519) ?? new Uint8Array());
      // The oldest token leaves the cache; if its computer returns, the token is verified again.
      const [oldest] = known.keys();
      if (known.size >= MAX_KNOWN && oldest !== undefined) known.delete(oldest);
      known.set(token, { pid, ring, iat, exp, verify });
      return ok({ pid, ring, iat, exp, verify });
    },
  };
}
export type Devices = ReturnType<typeof createDevices>;

/** Whether a device signed this body for this server, time and path. */
export function isSignedBy({ verify }: Device, about: StatementAbout, body: Uint8Array, signature: string): boolean {
  const bytes = fromBase64url(signature);
  return bytes !== undefined && verify(statementOf(about, body), bytes);
}
