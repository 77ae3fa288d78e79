import * as v from "valibot";
import { RandomId } from "../../src-shared/ids.ts";
import { NonNegativeInteger } from "../../src-shared/integers.ts";
import { DeviceFingerprint, StickFingerprint } from "../../src-shared/license/index.ts";
import { AddedProtection } from "../../src-shared/protection.ts";

const Sha256 = v.pipe(v.string(), v.regex(/^[A-Za-z0-9_-]{43}$/));
const Count = NonNegativeInteger;
const Positive = v.pipe(Count, v.minValue(1));

/** A computer's two public keys from its request (one to seal to, one to check its return proof with), and its hardware
 * fingerprint, which only that computer can compute.
 */
const Device = v.object({
  id: v.string(),
  x25519: v.string(),
  ed25519: v.string(),
  marks: v.exactOptional(DeviceFingerprint),
});
export type RegisteredDevice = v.InferOutput<typeof Device>;

/** The telemetry enrolment in the same file: the pseudonym under which the computer reports. */
const Enrolment = v.object({ pid: RandomId, exp: Count, kid: v.string() });
export type RegisteredEnrolment = v.InferOutput<typeof Enrolment>;

const terms = {
  lid: v.string(),
  seq: Positive,
  sub: v.string(),
  vaultId: v.string(),
  stickId: v.string(),
  mode: v.picklist(["device", "stick", "device-or-stick"]),
  ring: v.picklist(["ring0", "ring1", "ga"]),
  exp: Count,
  minApp: v.string(),
  kid: v.string(),
  /** Of the issued file, byte for byte. */
  sha256: Sha256,
  /** SHA-256 (hex) of the license's token alone, as in reports of a refused license. Older registers lack it. */
  token: v.exactOptional(v.pipe(v.string(), v.regex(/^[0-9a-f]{64}$/))),
  // Registers of the first version of vaultctl lack these three.
  grace: v.optional(Count),
  entitlements: v.optional(v.array(v.string())),
  device: v.optional(Device),
  /** The drive's fingerprint, as last read. */
  stickMarks: v.exactOptional(StickFingerprint),
  enrolment: v.exactOptional(Enrolment),
  protection: v.exactOptional(AddedProtection),
};

const LicenseIssued = v.object({
  kind: v.literal("license"),
  ...terms,
  /** The `lid` of the license of a lost stick in whose place it was issued. */
  replaces: v.exactOptional(v.string()),
});
const LicenseRenewed = v.object({ kind: v.literal("renewal"), ...terms });
const LicenseTransferred = v.object({
  kind: v.literal("transfer"),
  ...terms,
  from: v.string(),
  /** Hash of the return proof; absent if the license was moved without one. */
  proof: v.optional(Sha256),
});
/** Read from a license file after the register was lost. */
const LicenseRestored = v.object({ kind: v.literal("restored"), ...terms });

/** What a revocation list added to the one before it. */
const Revoked = v.object({
  kind: v.literal("revocation"),
  seq: Positive,
  licenses: v.array(v.string()),
  keys: v.array(v.string()),
  kid: v.string(),
  sha256: Sha256,
});

/** A new key manifest: it adds a key of a role, or only retires keys. */
const Rotated = v.object({
  kind: v.literal("rotation"),
  seq: Positive,
  role: v.string(),
  kid: v.optional(v.string()),
  retired: v.array(v.string()),
  sha256: Sha256,
});

/** The start of a register whose predecessor was lost: numbers below this one are never issued again. */
const Restarted = v.object({ kind: v.literal("restart"), firstSeq: Positive });

/**
 * The folder was restored from a backup. Every number after this entry is at least `firstSeq`, so it meets no number that the
 * folder of the generation before may still give out.
 */
const Generation = v.object({
  kind: v.literal("generation"),
  generation: v.pipe(Count, v.minValue(2)),
  /** Tells two restored folders of the same generation apart. */
  instance: RandomId,
  firstSeq: Positive,
});

export const RegisterEntry = v.variant("kind", [
  LicenseIssued,
  LicenseRenewed,
  LicenseTransferred,
  LicenseRestored,
  Revoked,
  Rotated,
  Restarted,
  Generation,
]);
export type RegisterEntry = v.InferOutput<typeof RegisterEntry>;

/** An entry for one license file. */
export type LicenseEntry = Extract<RegisterEntry, { readonly lid: string }>;

export const Line = v.object({ n: Count, prev: Sha256, at: Count, entry: RegisterEntry });
export type Line = v.InferOutput<typeof Line>;
