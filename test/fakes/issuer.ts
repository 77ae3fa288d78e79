import { toBase64url } from "../../src-shared/encoding/base64url.ts";
import { utf8 } from "../../src-shared/encoding/text.ts";
import {
  composeJws,
  KEY_MANIFEST_PROFILE,
  type PublicJwk,
  type TrustRoot,
  type TrustRoots,
} from "../../src-shared/jws/index.ts";
import type { LicenseClaims, Surroundings } from "../../src-shared/license/index.ts";
import {
  type ActivationRequest,
  LICENSE_PROFILE,
  NO_REVOCATIONS,
  PRODUCT_AUDIENCE,
  REQUEST_TYP,
  REVOCATION_PROFILE,
} from "../../src-shared/license/index.ts";
import { DAY } from "../../src-shared/units.ts";
import { MANIFEST_PROFILE, type ManifestClaims } from "../../src-shared/vault/index.ts";
import { type TestKey, testId, testKey, testKeyFile, testSeed } from "./test-keys.ts";

/** The time in the tests: 2026-01-01T00:00:00Z. */
export const NOW = 1_767_225_600;

export const VAULT_ID = testId("vault");
export const STICK_ID = testId("stick");
export const LICENSE_ID = testId("license");
/** The thumbprint of the tests' device; any 43 characters are good enough if nothing is sealed. */
/** The key of the marks of this stick. */
export const MARK_KEY = toBase64url(testSeed("mark key"));
export const DEVICE = toBase64url(testSeed("device"));

export const licenseIssuer = testKey("issuer-1", "license-issuer");
export const revocationIssuer = testKey("revocations-1", "revocation-list");
export const vaultPublisher = testKey("publisher-1", "vault-publisher");

/** The anchors that accept everything from this issuer. */
export const ROOTS: TrustRoots = [licenseIssuer.root, revocationIssuer.root, vaultPublisher.root];

/** Claims of a license that is valid for `SURROUNDINGS`. The sealed key is a placeholder that opens nothing. */
export function licenseClaims(overrides: Partial<LicenseClaims> = {}): LicenseClaims {
  return {
    v: 1,
    iss: "harbour-films",
    aud: PRODUCT_AUDIENCE,
    lid: LICENSE_ID,
    seq: 5,
    licenseEpoch: 1,
    sub: "customer-0042",
    ring: "ga",
    iat: NOW - DAY,
    nbf: NOW - DAY,
    exp: NOW + 30 * DAY,
    grace: 7 * DAY,
    entitlements: ["*"],
    vaults: [{ id: VAULT_ID, commitment: COMMITMENT, kek: { device: DEVICE_KEK } }],
    bind: { mode: "device", stick: STICK_ID, device: DEVICE },
    minApp: "0.1.0",
    revMin: 0,
    ...overrides,
  };
}

/** Placeholders in the right format. */
export const COMMITMENT = toBase64url(testSeed("commitment"));
export const DEVICE_KEK = { enc: toBase64url(testSeed("enc")), ct: toBase64url(new Uint8Array(48)) };
export const PASSPHRASE_KEK = {
  salt: toBase64url(testSeed("salt").subarray(0, 16)),
  n: 2 ** 15,
  r: 8,
  p: 1,
  sealed: toBase64url(new Uint8Array(60)),
} as const;

/** The surroundings in which the license of `licenseClaims()` is valid. */
export const SURROUNDINGS: Surroundings = {
  now: NOW,
  appVersion: "0.1.0",
  vaultId: VAULT_ID,
  stickId: STICK_ID,
  minSeq: 0,
  manifest: { generation: 1, sequence: 1 },
  manifestHash: toBase64url(testSeed("manifest")),
  device: DEVICE,
  deviceFingerprint: {},
  stickFingerprint: {},
  revocations: NO_REVOCATIONS,
};

export function licenseToken(overrides: Partial<LicenseClaims> = {}, key: TestKey = licenseIssuer): string {
  return signToken(LICENSE_PROFILE.typ, licenseClaims(overrides), key);
}

export type RevocationContent = { seq: number; iat: number; licenses: string[]; keys: string[] };

export function revocationToken(overrides: Partial<RevocationContent> = {}, key: TestKey = revocationIssuer): string {
  const claims = { v: 1, seq: 1, iat: NOW - DAY, licenses: [], keys: [], ...overrides };
  return signToken(REVOCATION_PROFILE.typ, claims, key);
}

/** Claims of a manifest with no files; the catalog's size and hash are placeholders unless given. */
export function manifestClaims(overrides: Partial<ManifestClaims> = {}): ManifestClaims {
  return {
    v: 1,
    vaultId: VAULT_ID,
    stickId: STICK_ID,
    markKey: MARK_KEY,
    label: "Harbour Films",
    gen: 1,
    minSeq: 0,
    iat: NOW - DAY,
    catalog: { size: 72, sha256: toBase64url(new Uint8Array(32)) },
    files: [],
    ...overrides,
  };
}

export function manifestToken(overrides: Partial<ManifestClaims> = {}, key: TestKey = vaultPublisher): string {
  return signToken(MANIFEST_PROFILE.typ, manifestClaims(overrides), key);
}

/** An activation request of the tests' device, signed by its own key unless another one is given. */
export function requestToken(overrides: Partial<ActivationRequest> = {}, key: TestKey = testKey("device", "device")) {
  const claims = {
    v: 1,
    vaultId: VAULT_ID,
    stickId: STICK_ID,
    device: DEVICE,
    x25519: toBase64url(testSeed("x25519")),
    ed25519: toBase64url(testKey("device", "device").root.publicKey),
    app: "0.1.0",
    iat: NOW,
    ...overrides,
  };
  return signToken(REQUEST_TYP, claims, key);
}

/** A compact JWS of any claims under the key's own `kid`. */
export function signToken(typ: string, claims: object, key: TestKey): string {
  return composeJws({ typ, kid: key.root.kid }, claims as Parameters<typeof composeJws>[1], key.sign);
}

/** Signs exactly these header and payload bytes, even if they are wrong. */
export function signRaw(header: string | Uint8Array, payload: string | Uint8Array, key: TestKey): string {
  const [head, body] = [header, payload].map((part) => toBase64url(typeof part === "string" ? utf8(part) : part));
  return `${head}.${body}.${toBase64url(key.sign(utf8(`${head}.${body}`)))}`;
}

/** Signs the key manifests that list all other keys. */
export const parent = testKey("parent-1", "key-manifest");
/** Replaces `licenseIssuer`. */
export const nextIssuer = testKey("issuer-2", "license-issuer", { generation: 2 });

/** A key as a manifest lists it. */
export function listed({ root }: TestKey, overrides: Partial<TrustRoot> = {}): PublicJwk {
  return testKeyFile({ ...root, ...overrides } as Parameters<typeof testKeyFile>[0]);
}

export const KEYS_AFTER_ROTATION = [
  listed(licenseIssuer, { retired: true }),
  listed(nextIssuer),
  listed(revocationIssuer),
  listed(vaultPublisher),
];

/** A key manifest (seq 3) after which `nextIssuer` signs licenses and `licenseIssuer` no longer does. */
export function keyManifestToken(overrides: object = {}, key: TestKey = parent): string {
  const claims = { v: 1, seq: 3, iat: NOW, keys: KEYS_AFTER_ROTATION, ...overrides };
  return signToken(KEY_MANIFEST_PROFILE.typ, claims, key);
}
