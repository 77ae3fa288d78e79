import * as v from "valibot";
import { fromBase64url } from "../encoding/base64url.ts";
import { RandomId } from "../ids.ts";
import { NonNegativeInteger, PositiveInteger } from "../integers.ts";
import { type JwsError, type JwsProfile, type TrustRoots, verifyJws } from "../jws/index.ts";
import type { Counter } from "../ledger/index.ts";
import { err, ok, type Result } from "../result.ts";
import { type Bytes, MIB } from "../units.ts";
import { PART_BYTES } from "./layout.ts";
import { lineOfAtMost } from "./line.ts";

export const MANIFEST_PROFILE: JwsProfile = { typ: "uvv-manifest+jws", role: "vault-publisher", maxBytes: 16 * MIB };

// Read into memory completely; ten thousand videos take about 8 MiB.
export const MAX_CATALOG_BYTES: Bytes = 64 * MIB;

/** Base64url of 32 bytes. */
const Bytes32 = v.pipe(
  v.string(),
  v.check((text) => fromBase64url(text)?.length === 32),
);

const Part = v.object({ size: v.pipe(PositiveInteger, v.maxValue(PART_BYTES)), sha256: Bytes32 });

/** Public and signed: a stick can be checked byte for byte without its key. */
export const ManifestClaims = v.object({
  v: v.literal(1),
  vaultId: RandomId,
  stickId: RandomId,
  /**
   * The key of the marks by which a license names this drive (docs/adr/0007-tolerant-binding.md). Random, and kept when
   * the content changes. A license does not contain it: without the stick nobody can try serial numbers.
   */
  markKey: Bytes32,
  /** What a viewer sees of a stick that is not unlocked yet. Public. */
  label: v.pipe(lineOfAtMost(100), v.minLength(1)),
  /** Raised by each change of this stick's content. */
  gen: PositiveInteger,
  /** Licenses with a lower `seq` are refused in stick mode, in which the computer remembers nothing. */
  minSeq: NonNegativeInteger,
  iat: NonNegativeInteger,
  catalog: v.object({ size: v.pipe(PositiveInteger, v.maxValue(MAX_CATALOG_BYTES)), sha256: Bytes32 }),
  files: v.array(v.object({ id: RandomId, parts: v.pipe(v.array(Part), v.minLength(1), v.maxLength(1000)) })),
});
export type ManifestClaims = v.InferOutput<typeof ManifestClaims>;
export type ManifestFile = ManifestClaims["files"][number];
export type ManifestPart = ManifestFile["parts"][number];

export type Manifest = { readonly claims: ManifestClaims; readonly counter: Counter };

/** Verifies an attacker-controlled stick manifest, and that it matches its file name. */
export function parseManifest(token: string, gen: number, roots: TrustRoots): Result<Manifest, JwsError> {
  const jws = verifyJws(token, MANIFEST_PROFILE, roots);
  if (!jws.ok) return jws;
  const claims = v.safeParse(ManifestClaims, jws.value.claims);
  if (!claims.success || claims.output.gen !== gen || hasRepeatedFile(claims.output)) return err("MALFORMED");
  return ok({ claims: claims.output, counter: { generation: jws.value.key.generation, sequence: gen } });
}

function hasRepeatedFile(claims: ManifestClaims): boolean {
  return new Set(claims.files.map((file) => file.id)).size !== claims.files.length;
}
