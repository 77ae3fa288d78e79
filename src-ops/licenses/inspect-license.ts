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
  /** `NOT VERIFIED` if no trust anchors were given. */
  readonly signature: string;
  readonly developmentKeys?: boolean;
  readonly header: Json;
  /** As in the file, unchecked. */
  readonly claims: Json;
  /** The same claims, if they have the shape of a license. */
  readonly license: LicenseClaims | undefined;
};

/** Shows the content of a license file (attacker-controlled). Without trust anchors it is marked as not verified. */
export async function inspectLicense(path: string, trust: string | undefined): Promise<Attempt<Inspection>> {
  const text = await readLicenseFile(path);
  if (!text.ok) return text;
  const token = unarmor("LICENSE", text.value);
  const parts = token.ok ? decodeUnverifiedJws(token.value) : undefined;
  if (!parts) return fail("LICENSE_UNREADABLE", `${path} is not a license file, or is incomplete.`);
  const shape = v.safeParse(LicenseClaims, parts.claims);
  const content = { ...parts, license: shape.success ? shape.output : undefined };
  if (trust === undefined) return ok({ verified: false, signature: "NOT VERIFIED", ...content });
  const anchors = await loadTrust(trust, undefined);
  if (!anchors.ok) return anchors;
  const license = verifyLicense(text.value, anchors.value.roots);
  if (!license.ok) {
    const details = { verified: false, signature: license.error, header: parts.header, claims: parts.claims };
    return fail("LICENSE_REFUSED", `${path}: ${license.error}; do not rely on its content.`, details);
  }
  return ok({ verified: true, signature: "valid", developmentKeys: anchors.value.dev, ...content });
}
