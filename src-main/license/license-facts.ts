import type { LicenseFacts } from "../../src-shared/ipc/index.ts";
import type { LicenseClaims } from "../../src-shared/license/index.ts";

/** The claims of a license with a valid signature, as the contract describes them. */
export function factsOf(claims: LicenseClaims, deviceId: string | undefined): LicenseFacts {
  const { lid, seq, sub, ring, iat, nbf, exp, grace, bind } = claims;
  return {
    licenseId: lid,
    seq,
    customer: sub,
    ring,
    issued: iat,
    starts: nbf,
    expires: exp,
    graceEnds: exp + grace,
    stickId: bind.stick,
    computer: computerOf(bind, deviceId),
    passphrase: bind.mode !== "device",
  };
}

function computerOf(bind: LicenseClaims["bind"], deviceId: string | undefined): LicenseFacts["computer"] {
  if (bind.mode === "stick") return "none";
  if (deviceId === undefined) return "unknown";
  return bind.device === deviceId ? "this" : "other";
}
