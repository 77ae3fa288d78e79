import type { LicenseVerdict, Ring } from "../../src-shared/license/index.ts";

/**
 * The ring of this installation: that of the license with the highest `iat` among those that are valid and opened by
 * this computer's key. Without such a license it is the ring for everyone else: a passphrase says nothing about a
 * computer.
 */
export function ringOf(verdicts: readonly LicenseVerdict[]): Ring {
  let newest = { ring: "ga" as Ring, iat: -1 };
  for (const verdict of verdicts) {
    if ((verdict.code !== "OK" && verdict.code !== "GRACE") || verdict.unlock !== "device") continue;
    const { ring, iat } = verdict.license.claims;
    if (iat > newest.iat) newest = { ring, iat };
  }
  return newest.ring;
}
