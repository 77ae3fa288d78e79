import * as v from "valibot";
import { fromUtf8 } from "../../src-shared/encoding/text.ts";
import { RandomId } from "../../src-shared/ids.ts";
import { NonNegativeInteger, PositiveInteger } from "../../src-shared/integers.ts";
import { type JwsProfile, type TrustRoots, verifyJws } from "../../src-shared/jws/index.ts";
import { KIB, MIB } from "../../src-shared/units.ts";

const Issuer = v.pipe(v.string(), v.regex(/^[A-Za-z0-9._-]{1,64}$/));
const Hash = v.pipe(v.string(), v.regex(/^[A-Za-z0-9_-]{43}$/));
/** A path inside the key folder with `/`, without `..`, drives, streams or control characters. */
const RelativePath = v.pipe(
  v.string(),
  v.maxLength(500),
  v.regex(/^(?!\.\.?(?:\/|$))[^/\\:\p{Cc}]+(?:\/(?!\.\.?(?:\/|$))[^/\\:\p{Cc}]+)*$/u),
);

const generation = { issuer: Issuer, generation: PositiveInteger, instance: v.string() };

export const BackupClaims = v.strictObject({
  v: v.literal(1),
  ...generation,
  iat: NonNegativeInteger,
  number: PositiveInteger,
  /** The end of the register in this backup. */
  register: v.strictObject({ lines: NonNegativeInteger, hash: Hash }),
  files: v.pipe(
    v.array(v.strictObject({ path: RelativePath, bytes: NonNegativeInteger, sha256: Hash })),
    v.minLength(1),
    v.check((files) => new Set(files.map(({ path }) => path.toLowerCase())).size === files.length),
  ),
});
export type BackupClaims = v.InferOutput<typeof BackupClaims>;

/** What a restored folder leaves on the disk: the folders before it must not be backed up there, nor used any more. */
export const GenerationClaims = v.strictObject({
  v: v.literal(1),
  ...generation,
  iat: NonNegativeInteger,
  id: RandomId,
});
export type GenerationClaims = v.InferOutput<typeof GenerationClaims>;

export const BACKUP_PROFILE: JwsProfile = { typ: "uvv-backup+jws", role: "license-issuer", maxBytes: 16 * MIB };
export const GENERATION_PROFILE: JwsProfile = { typ: "uvv-generation+jws", role: "license-issuer", maxBytes: 4 * KIB };

/** Reads the manifest of a backup (attacker-controlled); `undefined`: not signed by these keys, or damaged. */
export function parseBackupManifest(bytes: Uint8Array, roots: TrustRoots): BackupClaims | undefined {
  return verified(bytes, BACKUP_PROFILE, BackupClaims, roots);
}

/** Reads the note of a restored folder (attacker-controlled). */
export function parseGenerationNote(bytes: Uint8Array, roots: TrustRoots): GenerationClaims | undefined {
  return verified(bytes, GENERATION_PROFILE, GenerationClaims, roots);
}

function verified<T>(
  bytes: Uint8Array,
  profile: JwsProfile,
  schema: v.GenericSchema<unknown, T>,
  roots: TrustRoots,
): T | undefined {
  const token = fromUtf8(bytes)?.trimEnd();
  const jws = token === undefined ? undefined : verifyJws(token, profile, roots);
  const claims = v.safeParse(schema, jws?.ok ? jws.value.claims : undefined);
  return claims.success ? claims.output : undefined;
}
