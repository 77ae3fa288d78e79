import * as v from "valibot";
import type { Json } from "../../src-shared/encoding/strict-json.ts";
import { decodeUnverifiedJws } from "../../src-shared/jws/index.ts";
import { LicenseClaims, unarmor, verifyLicense } from "../../src-shared/license/index.ts";
import { ok } from "../../src-shared/result.ts";
import { type Attempt, fail } from "../failure.ts";
import { loadTrust } from "../keys/index.ts";
import { readLicenseFile } from "./license-file.ts";

export type Inspection = {
  readonly verified: boolean;
  /** `NOT VERIFIED` where no trust was given. */
  readonly signature: string;
  readonly developmentKeys?: boolean;
  readonly header: Json;
  /** As the file says it, whatever that is. */
  readonly claims: Json;
  /** The same, where it has the shape of a license. */
  readonly license: LicenseClaims | undefined;
};

/** Shows what a license file (attacker-controlled) says. Without anchors nothing of it is checked, and it says so. */
export async function inspectLicense(path: string, trust: string | undefined): Promise<Attempt<Inspection>> {
  const text = await readLicenseFile(path);
  if (!text.ok) return text;
  const token = unarmor("LICENSE", text.value);
  const parts = token.ok ? decodeUnverifiedJws(token.value) : undefined;
  if (!parts) return fail("LICENSE_UNREADABLE", `${path} is no license file, or not a whole one.`);
  const shape = v.safeParse(LicenseClaims, parts.claims);
  const said = { ...parts, license: shape.success ? shape.output : undefined };
  if (trust === undefined) return ok({ verified: false, signature: "NOT VERIFIED", ...said });
  const anchors = await loadTrust(trust, undefined);
  if (!anchors.ok) return anchors;
  const license = verifyLicense(text.value, anchors.value.roots);
  if (!license.ok) {
    const details = { verified: false, signature: license.error, header: parts.header, claims: parts.claims };
    return fail("LICENSE_REFUSED", `${path}: ${license.error}; what it says is not to be relied on.`, details);
  }
  return ok({ verified: true, signature: "valid", developmentKeys: anchors.value.dev, ...said });
}
