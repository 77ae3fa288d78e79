import * as v from "valibot";
import { RandomId } from "../ids.ts";
import { NonNegativeInteger, PositiveInteger } from "../integers.ts";
import { type JwsError, type JwsProfile, KID_PATTERN, type TrustRoots, verifyJws } from "../jws/index.ts";
import type { Counter } from "../ledger/index.ts";
import { err, ok, type Result } from "../result.ts";
import { KIB, type UnixSeconds } from "../units.ts";
import { unarmor } from "./armor.ts";

export const REVOCATION_PROFILE: JwsProfile = {
  typ: "uvv-revocations+jws",
  role: "revocation-list",
  maxBytes: 64 * KIB,
};

export const RevocationClaims = v.object({
  v: v.literal(1),
  seq: PositiveInteger,
  iat: NonNegativeInteger,
  licenses: v.array(RandomId),
  keys: v.array(v.pipe(v.string(), v.regex(KID_PATTERN))),
});

/**
 * Licenses by `lid` and issuer keys by `kid` that are no longer accepted. Never by token hash: signatures are
 * malleable.
 */
export type Revocations = {
  readonly counter: Counter;
  /** When the list was signed: the ledger may trust this time. */
  readonly issued: UnixSeconds;
  readonly licenses: ReadonlySet<string>;
  readonly keys: ReadonlySet<string>;
};

export const NO_REVOCATIONS: Revocations = {
  counter: { generation: 0, sequence: 0 },
  issued: 0,
  licenses: new Set(),
  keys: new Set(),
};

/** Verifies an attacker-controlled revocation list (`.uvvrev`). */
export function parseRevocations(text: string, roots: TrustRoots): Result<Revocations, JwsError> {
  const token = unarmor("REVOCATION LIST", text);
  if (!token.ok) return token;
  const jws = verifyJws(token.value, REVOCATION_PROFILE, roots);
  if (!jws.ok) return jws;
  const claims = v.safeParse(RevocationClaims, jws.value.claims);
  if (!claims.success) return err("MALFORMED");
  const { seq, iat, licenses, keys } = claims.output;
  return ok({
    counter: { generation: jws.value.key.generation, sequence: seq },
    issued: iat,
    licenses: new Set(licenses),
    keys: new Set(keys),
  });
}
