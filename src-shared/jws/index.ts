export {
  ED25519_SIGNATURE_BYTES,
  isStrictSignature,
  isUsablePublicKey,
  verifyEd25519,
  type VerifySignature,
} from "./ed25519.ts";
export { composeJws, decodeUnverifiedJws, type JwsError, type JwsProfile, type VerifiedJws, verifyJws } from "./jws.ts";
export {
  applyKeyManifest,
  type AppliedKeys,
  KEY_MANIFEST_PROFILE,
  type KeyManifest,
  KeyManifestClaims,
  parseKeyManifest,
} from "./key-manifest.ts";
export {
  jwkOfRoot,
  type KeyRole,
  KID_PATTERN,
  parseTrustRoot,
  PublicJwk,
  rootOfJwk,
  TRUST_ROLES,
  type TrustRole,
  type TrustRoot,
  type TrustRoots,
} from "./trust.ts";
