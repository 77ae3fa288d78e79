import type { LedgerUpdate } from "../ledger/index.ts";
import type { License, Surroundings } from "./verdict.ts";

/** What the ledger learns from a license with a good verdict. */
export function ledgerUpdateFromLicense(
  { claims, counter, payloadHash }: License,
  here: Pick<Surroundings, "now" | "stickId" | "manifest" | "manifestHash">,
): LedgerUpdate {
  return {
    now: here.now,
    signedTime: claims.iat,
    license: { id: claims.lid, ...counter, payloadHash },
    licenseEpoch: claims.licenseEpoch,
    manifest: { stickId: here.stickId, ...here.manifest, payloadHash: here.manifestHash },
  };
}
