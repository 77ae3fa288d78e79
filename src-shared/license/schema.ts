import * as v from "valibot";
import { fromBase64url } from "../encoding/base64url.ts";
import { RandomId } from "../ids.ts";
import { NonNegativeInteger, PositiveInteger } from "../integers.ts";
import type { JwsProfile } from "../jws/index.ts";
import { MAX_ENTITLEMENTS, MAX_GRACE_DAYS } from "../limits.ts";
import { AddedProtection } from "../protection.ts";
import { DAY, KIB } from "../units.ts";
import { DeviceFingerprint, StickFingerprint } from "./fingerprint.ts";

export const PRODUCT_AUDIENCE = "usb-video-vault";

export const LICENSE_PROFILE: JwsProfile = { typ: "uvv-license+jws", role: "license-issuer", maxBytes: 16 * KIB };

export const RINGS = ["ring0", "ring1", "ga"] as const;
export type Ring = (typeof RINGS)[number];

// Ids are printable ASCII: NFC and NFD spellings of the same name would be two customers.
const AsciiId = v.pipe(v.string(), v.regex(/^[A-Za-z0-9._-]{1,64}$/));
const Sequence = NonNegativeInteger;
const Time = NonNegativeInteger;

/** Canonical base64url of a fixed number of bytes: a member of another length is another format. */
function base64url(minBytes: number, maxBytes = minBytes) {
  return v.pipe(
    v.string(),
    v.check((text) => {
      const length = fromBase64url(text)?.length ?? -1;
      return length >= minBytes && length <= maxBytes;
    }),
  );
}

const DeviceId = base64url(32);

/** The vault key sealed to a device key: HPKE (RFC 9180) base mode, X25519, HKDF-SHA256, AES-256-GCM. */
export const DeviceKek = v.object({ enc: base64url(32), ct: base64url(48) });

/** The vault key wrapped under scrypt(passphrase): AES-256-GCM, 12-byte nonce before the sealed key. */
export const PassphraseKek = v.object({
  salt: base64url(16, 64),
  // Bounds: a hostile license must not make the app allocate gigabytes.
  n: v.pipe(v.number(), v.picklist([2 ** 15, 2 ** 16])),
  r: v.literal(8),
  p: v.literal(1),
  sealed: base64url(60),
});

// The ids are mandatory and random; the marks in addition to them are tolerant (ADR 7).
const STICK = { stick: RandomId, stickMarks: v.exactOptional(StickFingerprint) };
const DEVICE = { device: DeviceId, deviceMarks: v.exactOptional(DeviceFingerprint) };

export const LicenseClaims = v.pipe(
  v.object({
    v: v.literal(1),
    iss: AsciiId,
    aud: AsciiId,
    lid: RandomId,
    seq: PositiveInteger,
    licenseEpoch: Sequence,
    sub: AsciiId,
    ring: v.picklist(RINGS),
    iat: Time,
    nbf: Time,
    exp: Time,
    grace: v.pipe(NonNegativeInteger, v.maxValue(MAX_GRACE_DAYS * DAY)),
    entitlements: v.pipe(v.array(v.union([v.literal("*"), RandomId])), v.minLength(1), v.maxLength(MAX_ENTITLEMENTS)),
    vaults: v.pipe(
      v.array(
        v.object({
          id: RandomId,
          /** Names the one vault key that `kek` may open to. */
          commitment: base64url(32),
          kek: v.object({ device: v.optional(DeviceKek), passphrase: v.optional(PassphraseKek) }),
        }),
      ),
      v.minLength(1),
      v.maxLength(16),
    ),
    bind: v.variant("mode", [
      v.object({ mode: v.literal("device"), ...STICK, ...DEVICE }),
      v.object({ mode: v.literal("stick"), ...STICK }),
      v.object({ mode: v.literal("device-or-stick"), ...STICK, ...DEVICE }),
    ]),
    minApp: v.pipe(v.string(), v.regex(/^\d{1,5}\.\d{1,5}\.\d{1,5}$/)),
    revMin: Sequence,
    /** Makes the protection of the vault stricter. Apps older than `PROTECTION_FROM` do not know it. */
    protection: v.exactOptional(AddedProtection),
  }),
  v.check(
    (claims) => claims.nbf < claims.exp && claims.vaults.every((vault) => hasKeysOfMode(claims.bind.mode, vault.kek)),
  ),
);
/**
 * The content of a license (docs/formats/license.md). Unknown members are ignored; a new restriction raises `v` or
 * `minApp`.
 */
export type LicenseClaims = v.InferOutput<typeof LicenseClaims>;

function hasKeysOfMode(
  mode: "device" | "stick" | "device-or-stick",
  kek: { device?: unknown; passphrase?: unknown },
): boolean {
  const device = mode !== "stick";
  const passphrase = mode !== "device";
  return (kek.device !== undefined) === device && (kek.passphrase !== undefined) === passphrase;
}
