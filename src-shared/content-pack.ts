import * as v from "valibot";
import { concatBytes } from "./encoding/bytes.ts";
import { fromBase64url } from "./encoding/base64url.ts";
import { utf8 } from "./encoding/text.ts";
import { RandomId } from "./ids.ts";
import { NonNegativeInteger, PositiveInteger } from "./integers.ts";
import { type JwsError, type JwsProfile, KEY_MANIFEST_PROFILE, type TrustRoots, verifyJws } from "./jws/index.ts";
import { compareCounters, type Counter, type LedgerHead } from "./ledger/index.ts";
import { MAX_ARMORED_CHARS } from "./limits.ts";
import { err, ok, type Result } from "./result.ts";
import { type Bytes, MIB } from "./units.ts";
import {
  lineOfAtMost,
  MANIFEST_PROFILE,
  MAX_CATALOG_BYTES,
  type Manifest,
  type ManifestClaims,
  type ManifestPart,
} from "./vault/index.ts";

// A content pack: one signed file that brings one stick to its next generation (docs/formats/content-pack.md).

export const PACK_MAGIC = "UVVPACK1";
/** The magic, and the length of the key manifest. */
export const PACK_START_BYTES: Bytes = PACK_MAGIC.length + 4;
export const PACK_LENGTH_BYTES: Bytes = 4;

export const PACK_PROFILE: JwsProfile = { typ: "uvv-pack+jws", role: "vault-publisher", maxBytes: 4 * MIB };

function section(maxBytes: Bytes) {
  return v.object({
    size: v.pipe(PositiveInteger, v.maxValue(maxBytes)),
    sha256: v.pipe(
      v.string(),
      v.check((text) => fromBase64url(text)?.length === 32),
    ),
  });
}

export const PackClaims = v.object({
  v: v.literal(1),
  vaultId: RandomId,
  /** The only stick that it is for. */
  stickId: RandomId,
  label: v.pipe(lineOfAtMost(100), v.minLength(1)),
  /** The generation that the stick has afterwards. */
  gen: PositiveInteger,
  iat: NonNegativeInteger,
  manifest: section(MANIFEST_PROFILE.maxBytes),
  catalog: section(MAX_CATALOG_BYTES),
  revocations: v.exactOptional(section(MAX_ARMORED_CHARS)),
  /** The encrypted files that follow, in this order; the manifest has their parts. */
  files: v.pipe(
    v.array(RandomId),
    v.check((ids) => new Set(ids).size === ids.length),
  ),
});
export type PackClaims = v.InferOutput<typeof PackClaims>;

export type PackHeader = { readonly claims: PackClaims; readonly counter: Counter };

/** The length of the key manifest, from the first bytes of a pack (attacker-controlled); 0 if there is none. */
export function parsePackStart(bytes: Uint8Array): Result<Bytes, "MALFORMED"> {
  const magic = utf8(PACK_MAGIC);
  if (bytes.length !== PACK_START_BYTES || !magic.every((byte, index) => bytes[index] === byte))
    return err("MALFORMED");
  return parsePackLength(bytes.subarray(PACK_MAGIC.length), KEY_MANIFEST_PROFILE.maxBytes);
}

/** A 32-bit big-endian length of at most `maxBytes`. */
export function parsePackLength(bytes: Uint8Array, maxBytes: Bytes): Result<Bytes, "MALFORMED"> {
  if (bytes.length !== PACK_LENGTH_BYTES) return err("MALFORMED");
  const length = new DataView(bytes.buffer, bytes.byteOffset).getUint32(0);
  return length <= maxBytes ? ok(length) : err("MALFORMED");
}

/** Verifies the header of a pack (attacker-controlled). */
export function parsePackHeader(token: string, roots: TrustRoots): Result<PackHeader, JwsError> {
  const jws = verifyJws(token, PACK_PROFILE, roots);
  if (!jws.ok) return jws;
  const claims = v.safeParse(PackClaims, jws.value.claims);
  if (!claims.success) return err("MALFORMED");
  const { generation } = jws.value.key;
  return ok({ claims: claims.output, counter: { generation, sequence: claims.output.gen } });
}

/** One part of an encrypted file, and where it is in the pack, counted from the first part. */
export type PackedPart = ManifestPart & { readonly fileId: string; readonly index: number; readonly offset: Bytes };

/** The parts that follow, in order, and their size together. `MALFORMED`: the manifest is not the one of this pack. */
export function partsOfPack(
  { vaultId, stickId, gen, catalog, files }: PackClaims,
  manifest: ManifestClaims,
): Result<{ readonly parts: readonly PackedPart[]; readonly bytes: Bytes }, "MALFORMED"> {
  const isIts = manifest.vaultId === vaultId && manifest.stickId === stickId && manifest.gen === gen;
  const hasCatalog = manifest.catalog.size === catalog.size && manifest.catalog.sha256 === catalog.sha256;
  if (!isIts || !hasCatalog) return err("MALFORMED");
  const byId = new Map(manifest.files.map((file) => [file.id, file]));
  const parts: PackedPart[] = [];
  let bytes = 0;
  for (const fileId of files) {
    const file = byId.get(fileId);
    if (!file) return err("MALFORMED");
    for (const [index, part] of file.parts.entries()) {
      parts.push({ ...part, fileId, index, offset: bytes });
      bytes += part.size;
    }
  }
  return ok({ parts, bytes });
}

export type PackRefusal = "PACK_OTHER_STICK" | "PACK_PRESENT" | "PACK_OLDER";

/** Whether a pack is for this stick, and newer than what is on it and than what this computer has seen on it. */
export function decidePack(
  { header, manifest }: { readonly header: PackHeader; readonly manifest: Manifest },
  stick: Manifest,
  head: Pick<LedgerHead, "manifests">,
): Result<undefined, PackRefusal> {
  const { vaultId, stickId } = header.claims;
  if (stick.claims.vaultId !== vaultId || stick.claims.stickId !== stickId) return err("PACK_OTHER_STICK");
  const onStick = compareCounters(manifest.counter, stick.counter);
  if (onStick === 0) return err("PACK_PRESENT");
  const seen = head.manifests.get(stickId);
  const isOlder = onStick < 0 || (seen !== undefined && compareCounters(manifest.counter, seen) < 0);
  return isOlder ? err("PACK_OLDER") : ok(undefined);
}

/** The bytes of a pack up to its manifest. */
export function composePackFront(keyManifest: string, header: string): Uint8Array<ArrayBuffer> {
  const [keys, token] = [utf8(keyManifest), utf8(header)];
  return concatBytes(utf8(PACK_MAGIC), lengthOf(keys), keys, lengthOf(token), token);
}

function lengthOf(bytes: Uint8Array): Uint8Array {
  const length = new Uint8Array(PACK_LENGTH_BYTES);
  new DataView(length.buffer).setUint32(0, bytes.length);
  return length;
}
