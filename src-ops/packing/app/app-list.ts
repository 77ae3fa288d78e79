import * as v from "valibot";
import { fromBase64url } from "../../../src-shared/encoding/base64url.ts";
import { NonNegativeInteger, PositiveInteger } from "../../../src-shared/integers.ts";
import { type JwsError, type JwsProfile, type TrustRoots, verifyJws } from "../../../src-shared/jws/index.ts";
import { err, ok, type Result } from "../../../src-shared/result.ts";
import { KIB } from "../../../src-shared/units.ts";
import { comparableFileName } from "../../file-names.ts";

// The packages of the app on a stick, beside the vault (docs/formats/app-on-stick.md).

export const APP_FOLDER = "APP";
export const APP_LIST = "packages.jws";

export const APP_LIST_PROFILE: JwsProfile = { typ: "uvv-app+jws", role: "vault-publisher", maxBytes: 64 * KIB };

const Package = v.object({
  /** Never a path: a name of the list leads to no other folder. */
  name: v.pipe(v.string(), v.regex(/^[A-Za-z0-9][A-Za-z0-9._-]{0,99}$/)),
  size: PositiveInteger,
  sha256: v.pipe(
    v.string(),
    v.check((text) => fromBase64url(text)?.length === 32),
  ),
});

export const AppListClaims = v.object({
  v: v.literal(1),
  version: v.pipe(v.string(), v.regex(/^\d{1,5}\.\d{1,5}\.\d{1,5}$/)),
  iat: NonNegativeInteger,
  files: v.pipe(
    v.array(Package),
    v.minLength(1),
    v.maxLength(20),
    v.check((files) => new Set(files.map(({ name }) => comparableFileName(name))).size === files.length),
  ),
});
export type AppListClaims = v.InferOutput<typeof AppListClaims>;
export type AppPackage = AppListClaims["files"][number];

/** Verifies the list of packages on a stick (attacker-controlled). */
export function parseAppList(token: string, roots: TrustRoots): Result<AppListClaims, JwsError> {
  const jws = verifyJws(token, APP_LIST_PROFILE, roots);
  if (!jws.ok) return jws;
  const claims = v.safeParse(AppListClaims, jws.value.claims);
  return claims.success ? ok(claims.output) : err("MALFORMED");
}
