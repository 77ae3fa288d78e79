import * as v from "valibot";
import nacl from "tweetnacl";
import { toBase64url } from "../encoding/base64url.ts";
import { type TrustRoots, verifyJws } from "../jws/index.ts";
import {
  CLOCK_TOLERANCE,
  compareCounters,
  type Counter,
  isBehind,
  isReturned,
  type LedgerHead,
} from "../ledger/index.ts";
import { err, ok, type Result } from "../result.ts";
import { DAY, type UnixSeconds } from "../units.ts";
import { compareVersions } from "../versions.ts";
import { unarmor } from "./armor.ts";
import type { RefusalCode, RollbackCause } from "./codes.ts";
import { type DeviceFingerprint, type DriveFingerprint, isSameComputer, isSameDrive } from "./fingerprint.ts";
import type { Revocations } from "./revocation.ts";
import { LICENSE_PROFILE, LicenseClaims, PRODUCT_AUDIENCE } from "./schema.ts";

/** A license with a valid signature and well-formed claims. Whether it may be used here and now is not decided yet. */
export type License = {
  readonly claims: LicenseClaims;
  readonly kid: string;
  readonly counter: Counter;
  /** Base64url of the first 32 bytes of SHA-512 of the payload: distinguishes two licenses with the same `seq`. */
  readonly payloadHash: string;
};

/** Where and when a license is judged. `device` is absent if this computer has no device key. */
export type Surroundings = {
  readonly now: UnixSeconds;
  readonly appVersion: string;
  readonly vaultId: string;
  readonly stickId: string;
  /** From the stick's signed manifest, like its counter. */
  readonly minSeq: number;
  readonly manifest: Counter;
  /** Base64url of 32 bytes: distinguishes two manifests of the same generation. */
  readonly manifestHash: string;
  readonly device: string | undefined;
  /** The hardware of this computer, as far as it can be read; a part that cannot be read is absent. */
  readonly deviceFingerprint: DeviceFingerprint;
  readonly stickFingerprint: DriveFingerprint;
  readonly revocations: Revocations;
};

type Refusal = Exclude<RefusalCode, "ROLLED_BACK">;

/** How the vault key is obtained once the verdict allows it. */
export type Unlock = "device" | "passphrase";

export type LicenseVerdict =
  | { readonly code: "OK"; readonly license: License; readonly unlock: Unlock }
  | { readonly code: "GRACE"; readonly license: License; readonly unlock: Unlock; readonly daysLeft: number }
  | { readonly code: "ROLLED_BACK"; readonly license: License; readonly cause: RollbackCause }
  | { readonly code: Refusal; readonly license?: License };

/**
 * The whole verdict on one attacker-controlled license text: a pure function, in the order size, syntax, header, key,
 * signature, schema, audience, revocation, rollback, clock, dates, binding, content (design.md, License; R-2).
 */
export function judgeLicense(text: string, roots: TrustRoots, head: LedgerHead, here: Surroundings): LicenseVerdict {
  const license = verifyLicense(text, roots);
  return license.ok ? decideLicense(license.value, head, here) : { code: license.error };
}

/** The part of the verdict that depends only on the bytes and the anchors. */
export function verifyLicense(
  text: string,
  roots: TrustRoots,
): Result<License, "MISSING" | "MALFORMED" | "KEY_UNKNOWN" | "SIGNATURE_INVALID"> {
  if (text.length === 0) return err("MISSING");
  const token = unarmor("LICENSE", text);
  if (!token.ok) return token;
  const jws = verifyJws(token.value, LICENSE_PROFILE, roots);
  if (!jws.ok) return jws;
  const claims = v.safeParse(LicenseClaims, jws.value.claims);
  if (!claims.success) return err("MALFORMED");
  const { key, payload } = jws.value;
  return ok({
    claims: claims.output,
    kid: key.kid,
    counter: { generation: key.generation, sequence: claims.output.seq },
    payloadHash: toBase64url(nacl.hash(payload).subarray(0, 32)),
  });
}

/** The part of the verdict that depends on this computer and the current time. */
export function decideLicense(license: License, head: LedgerHead, here: Surroundings): LicenseVerdict {
  const early = refuseAudience(license, here) ?? refuseRevoked(license, here.revocations);
  if (early) return { code: early, license };
  const cause = rollbackCause(license, head, here);
  if (cause) return { code: "ROLLED_BACK", license, cause };
  const refusal =
    refuseClock(license.claims, head, here) ??
    refuseDates(license.claims, here.now) ??
    refuseBinding(license.claims, here);
  if (refusal) return { code: refusal, license };
  const unlock = unlockOf(license.claims, here);
  const { exp, grace } = license.claims;
  if (here.now < exp) return { code: "OK", license, unlock };
  return { code: "GRACE", license, unlock, daysLeft: Math.ceil((exp + grace - here.now) / DAY) };
}

/**
 * Entitlement to one video: the last step of the order, checked when the video is opened. This is app policy: one key
 * opens the whole vault.
 */
export function isEntitled(license: License, videoId: string): boolean {
  return license.claims.entitlements.some((entitled) => entitled === "*" || entitled === videoId);
}

function refuseAudience({ claims }: License, here: Surroundings): Refusal | undefined {
  if (claims.aud !== PRODUCT_AUDIENCE) return "WRONG_PRODUCT";
  return compareVersions(here.appVersion, claims.minApp) < 0 ? "APP_TOO_OLD" : undefined;
}

function refuseRevoked({ claims, kid }: License, revocations: Revocations): Refusal | undefined {
  if (revocations.licenses.has(claims.lid) || revocations.keys.has(kid)) return "REVOKED";
  // Sequences of lists never restart, not even with a new key, so that this one number can be compared.
  // The license requires a newer list than this computer has: the missing list may revoke this very license.
  return revocations.counter.sequence < claims.revMin ? "REVOKED" : undefined;
}

// The license's own counter comes first: a stick or a list that is old as well must not hide a fault of the ledger.
function rollbackCause(license: License, head: LedgerHead, here: Surroundings): RollbackCause | undefined {
  const { claims } = license;
  const seen = head.licenses.get(claims.lid);
  if (seen && isBehind({ ...license.counter, payloadHash: license.payloadHash }, seen)) {
    return isReturned(seen) ? "RETURNED" : "LICENSE";
  }
  if (claims.licenseEpoch < head.licenseEpoch) return "EPOCH";
  if (compareCounters(here.revocations.counter, head.revocations) < 0) return "REVOCATIONS";
  const stick = head.manifests.get(here.stickId);
  if (stick && isBehind({ ...here.manifest, payloadHash: here.manifestHash }, stick)) return "STICK";
  // On a computer without a ledger the stick's own signed floor is used.
  return unlockOf(claims, here) === "passphrase" && claims.seq < here.minSeq ? "STICK_FLOOR" : undefined;
}

// The available signed times count at once, not only after they were committed: both verdicts must be the same.
function refuseClock({ iat }: LicenseClaims, head: LedgerHead, here: Surroundings): Refusal | undefined {
  const latest = here.now + CLOCK_TOLERANCE;
  if (latest < Math.max(head.trustedTime, iat, here.revocations.issued)) return "CLOCK";
  // The latest local time is ignored if a signed time is newer than any before: a clock that was once set too far ahead
  // must not lock people out for ever (a renewal repairs it).
  const repairs = Math.max(iat, here.revocations.issued) > head.trustedTime;
  return !repairs && latest < head.seenTime ? "CLOCK" : undefined;
}

function refuseDates(claims: LicenseClaims, now: UnixSeconds): Refusal | undefined {
  if (now < claims.nbf) return "NOT_YET_VALID";
  return now < claims.exp + claims.grace ? undefined : "EXPIRED";
}

function refuseBinding({ bind, vaults }: LicenseClaims, here: Surroundings): Refusal | undefined {
  if (bind.stick !== here.stickId || !vaults.some((vault) => vault.id === here.vaultId)) return "WRONG_STICK";
  if (!isSameDrive(bind.stickMarks ?? {}, here.stickFingerprint)) return "WRONG_STICK";
  return bind.mode === "device" && !isOnItsComputer(bind, here) ? "WRONG_DEVICE" : undefined;
}

function unlockOf({ bind }: LicenseClaims, here: Surroundings): Unlock {
  return bind.mode !== "stick" && isOnItsComputer(bind, here) ? "device" : "passphrase";
}

type DeviceBinding = Exclude<LicenseClaims["bind"], { mode: "stick" }>;

// Nothing opens without the key; a copied keychain contains the key, but the hardware around it differs.
function isOnItsComputer({ device, deviceMarks = {} }: DeviceBinding, here: Surroundings): boolean {
  return device === here.device && isSameComputer(deviceMarks, here.deviceFingerprint);
}
