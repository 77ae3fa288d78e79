import * as v from "valibot";
import { NonNegativeInteger, PositiveInteger } from "../integers.ts";
import { compareCounters, type Counter } from "../ledger/index.ts";
import { err, ok, type Result } from "../result.ts";
import { KIB, type UnixSeconds } from "../units.ts";
import { type JwsError, type JwsProfile, verifyJws } from "./jws.ts";
import { PublicJwk, rootOfJwk, type TrustRoot, type TrustRoots } from "./trust.ts";

export const KEY_MANIFEST_PROFILE: JwsProfile = { typ: "uvv-keys+jws", role: "key-manifest", maxBytes: 64 * KIB };

export const KeyManifestClaims = v.object({
  v: v.literal(1),
  seq: PositiveInteger,
  iat: NonNegativeInteger,
  keys: v.pipe(v.array(PublicJwk), v.minLength(1), v.maxLength(64)),
});

/** The complete list of the keys that a publisher's parent key names: a key that is not named is not trusted. */
export type KeyManifest = {
  readonly counter: Counter;
  /** When it was signed: the ledger may trust this time. */
  readonly issued: UnixSeconds;
  readonly keys: TrustRoots;
};

/** Verifies an attacker-controlled key manifest (`keys.uvvkeys`): only a trusted `key-manifest` root may have signed it. */
export function parseKeyManifest(text: string, roots: TrustRoots): Result<KeyManifest, JwsError> {
  const jws = verifyJws(text, KEY_MANIFEST_PROFILE, roots);
  if (!jws.ok) return jws;
  const claims = v.safeParse(KeyManifestClaims, jws.value.claims);
  if (!claims.success) return err("MALFORMED");
  const { key: parent } = jws.value;
  const keys: TrustRoot[] = [];
  for (const jwk of claims.output.keys) {
    const key = rootOfJwk(jwk);
    // A parent is only distributed out of band; otherwise a thief of a parent key could name new parents. Development
    // keys stay development keys.
    if (!key.ok || key.value.role === parent.role || key.value.dev !== parent.dev) return err("MALFORMED");
    if (keys.some((other) => other.kid === key.value.kid)) return err("MALFORMED");
    keys.push(key.value);
  }
  const { seq, iat } = claims.output;
  return ok({ counter: { generation: parent.generation, sequence: seq }, issued: iat, keys });
}

export type AppliedKeys = Pick<KeyManifest, "counter" | "issued"> & { readonly roots: TrustRoots };

/**
 * The anchors after a key manifest: the parents are unchanged, all other keys are those of the manifest. `ROLLED_BACK`:
 * its counter is below `head`, or the given roots already contain a newer key of some role, as those of a newer app do.
 * A key that is retired in the roots stays retired, whatever an older manifest says.
 */
export function applyKeyManifest(
  roots: TrustRoots,
  text: string,
  head: Counter,
): Result<AppliedKeys, JwsError | "ROLLED_BACK"> {
  const manifest = parseKeyManifest(text, roots);
  if (!manifest.ok) return manifest;
  const { counter, issued, keys } = manifest.value;
  const parents = roots.filter((root) => root.role === KEY_MANIFEST_PROFILE.role);
  const others = roots.filter((root) => root.role !== KEY_MANIFEST_PROFILE.role);
  const isOlder = others.some((root) => root.generation > newestGeneration(keys, root.role));
  if (isOlder || compareCounters(counter, head) < 0) return err("ROLLED_BACK");
  const retired = new Set(others.filter((root) => root.retired).map((root) => root.kid));
  const merged = keys.map((key) => (retired.has(key.kid) ? { ...key, retired: true } : key));
  return ok({ counter, issued, roots: [...parents, ...merged] });
}

function newestGeneration(keys: TrustRoots, role: TrustRoot["role"]): number {
  return keys.reduce((newest, key) => (key.role === role ? Math.max(newest, key.generation) : newest), 0);
}
