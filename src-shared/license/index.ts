export { armor, type ArmorLabel, unarmor } from "./armor.ts";
export { REFUSAL_CODES, type RefusalCode, ROLLBACK_CAUSES, type RollbackCause } from "./codes.ts";
export { LINK_SCHEME, MAX_LINK_CHARS, parseLicenseLink } from "./link.ts";
export {
  type Agreement,
  compareDeviceFingerprints,
  compareStickFingerprints,
  DeviceFingerprint,
  type DriveFingerprint,
  isSameComputer,
  isSameDrive,
  MAX_NETWORK_CARDS,
  StickFingerprint,
} from "./fingerprint.ts";
export { ActivationRequest, parseActivationRequest, REQUEST_TYP } from "./request.ts";
export { parseReturnProof, RETURN_TYP, ReturnProof } from "./return.ts";
export { NO_REVOCATIONS, parseRevocations, REVOCATION_PROFILE, type Revocations } from "./revocation.ts";
export { LICENSE_PROFILE, LicenseClaims, PRODUCT_AUDIENCE, type Ring, RINGS } from "./schema.ts";
export { ledgerUpdateFromLicense } from "./ledger-update-from-license.ts";
export {
  decideLicense,
  isEntitled,
  judgeLicense,
  type License,
  type LicenseVerdict,
  type Surroundings,
  type Unlock,
  verifyLicense,
} from "./verdict.ts";
