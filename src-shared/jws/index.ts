export { isUsablePublicKey, verifyEd25519 } from "./ed25519.ts";
export { composeJws, decodeUnverifiedJws, type JwsError, type JwsProfile, type VerifiedJws, verifyJws } from "./jws.ts";
export {
  type KeyRole,
  KID_PATTERN,
  parseTrustRoot,
  PublicJwk,
  TRUST_ROLES,
  type TrustRole,
  type TrustRoot,
  type TrustRoots,
} from "./trust.ts";
