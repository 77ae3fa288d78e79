import { createHash } from "node:crypto";
import { toBase64url } from "../../src-shared/encoding/base64url.ts";
import {
  armor,
  LICENSE_PROFILE,
  type LicenseClaims,
  PRODUCT_AUDIENCE,
  verifyLicense,
} from "../../src-shared/license/index.ts";
import { removeFile, writeFileAtomic } from "../../src-shared/node/atomic-files.ts";
import { keyCommitment } from "../../src-shared/node/vault-keys.ts";
import { isAdded, PROTECTION_FROM } from "../../src-shared/protection.ts";
import { ok } from "../../src-shared/result.ts";
import { DAY } from "../../src-shared/units.ts";
import { compareVersions } from "../../src-shared/versions.ts";
import { type Attempt, fail } from "../failure.ts";
import { publicKeysOf, signDocument } from "../keys/index.ts";
import {
  appendToRegister,
  type LicenseEntry,
  nextLicenseSeq,
  type Register,
  type RegisteredEnrolment,
} from "../register/index.ts";
import type { IssuingContext } from "./issuing-context.ts";
import { composeEnrolment } from "./enrol.ts";
import type { LicenseTerms } from "./terms.ts";
import { sealVaultKey } from "./seal-vault-key.ts";
import { writeSecretFile } from "./secret-file.ts";

/** The files to write. `passphraseFile` is written only for a new passphrase. */
export type OutputFiles = { readonly out: string; readonly passphraseFile?: string | undefined };

/** Why the license is issued, for the register. */
export type IssueReason =
  | { readonly kind: "license"; readonly replaces?: string }
  | { readonly kind: "renewal" }
  | { readonly kind: "transfer"; readonly from: string; readonly proof?: string };

export type IssuedLicense = {
  readonly claims: LicenseClaims;
  readonly enrolment: RegisteredEnrolment | undefined;
  readonly sha256: string;
  readonly developmentKeys: boolean;
  /** The entry replaced an unfinished line of the register. */
  readonly repaired: boolean;
};

// A computer whose clock is up to a day slow can use a license at once; the clock check allows as much.
const SLOW_CLOCKS = DAY;

/** The only function that issues a license: signs it, verifies it as a reader would, enters it in the register, and only
 * then writes it. Never overwrites a file.
 */
export async function writeLicense(
  context: IssuingContext,
  terms: LicenseTerms,
  reason: IssueReason,
  targets: OutputFiles,
): Promise<Attempt<{ readonly issued: IssuedLicense; readonly register: Register }>> {
  const { publisher, signer, roots, now } = context;
  const claims = await composeClaims(context, terms);
  const enrolment = await composeEnrolment(context, terms);
  if (!enrolment.ok) return enrolment;
  const token = signDocument(signer, LICENSE_PROFILE, claims);
  const text = armor("LICENSE", token) + (enrolment.value?.text ?? "");
  // Checked before it is entered in the register: a reader with the publisher's public keys must accept the license.
  if (!verifyLicense(text, roots).ok) {
    return fail("KEYS_BROKEN", `The public keys in ${publicKeysOf(publisher)} do not match the private ones.`);
  }
  const sha256 = toBase64url(createHash("sha256").update(text).digest());
  const enrolled = enrolment.value?.entry;
  const entry = {
    ...entryOf(claims, terms, signer.kid, sha256, reason),
    token: createHash("sha256").update(token).digest("hex"),
    ...(enrolled ? { enrolment: enrolled } : {}),
  };
  const register = await appendToRegister(publisher.folder, context.register, now, entry);
  await writeFiles(targets, text, terms.passphrase);
  const { dev: developmentKeys } = signer;
  const issued = { claims, enrolment: enrolled, sha256, developmentKeys, repaired: context.register.torn };
  return ok({ issued, register });
}

async function composeClaims(
  { publisher, register, now }: IssuingContext,
  terms: LicenseTerms,
): Promise<LicenseClaims> {
  const { lid, sub, ring, exp, grace, entitlements, vaultId, stickId, kek, device, passphrase, protection } = terms;
  const seq = nextLicenseSeq(register);
  const binding = { issuer: publisher.issuer, licenseId: lid, seq, vaultId, stickId };
  return {
    v: 1,
    iss: publisher.issuer,
    aud: PRODUCT_AUDIENCE,
    lid,
    seq,
    licenseEpoch: publisher.licenseEpoch,
    sub,
    ring,
    iat: now,
    nbf: now - SLOW_CLOCKS,
    exp,
    grace,
    entitlements: [...entitlements],
    vaults: [
      {
        id: vaultId,
        commitment: keyCommitment(kek, vaultId),
        kek: await sealVaultKey(kek, binding, device, passphrase),
      },
    ],
    bind: bindingOf(terms),
    minApp: minAppOf(terms),
    revMin: 0,
    ...(isAdded(protection) ? { protection } : {}),
  };
}

// An older app would ignore the protection.
function minAppOf({ minApp, protection }: LicenseTerms): string {
  return isAdded(protection) && compareVersions(minApp, PROTECTION_FROM) < 0 ? PROTECTION_FROM : minApp;
}

function bindingOf({ stickId, stickMarks, device, passphrase }: LicenseTerms): LicenseClaims["bind"] {
  const stick = { stick: stickId, ...(stickMarks ? { stickMarks } : {}) };
  if (device === undefined) return { mode: "stick", ...stick };
  const computer = { device: device.id, ...(device.marks ? { deviceMarks: device.marks } : {}) };
  return { mode: passphrase === undefined ? "device" : "device-or-stick", ...stick, ...computer };
}

function entryOf(
  claims: LicenseClaims,
  terms: LicenseTerms,
  kid: string,
  sha256: string,
  reason: IssueReason,
): LicenseEntry {
  const { lid, seq, sub, ring, exp, grace, entitlements, minApp, bind, protection } = claims;
  const { vaultId, stickId, device, stickMarks } = terms;
  const common = { lid, seq, sub, vaultId, stickId, mode: bind.mode, ring, exp, minApp, kid, sha256 };
  return {
    ...reason,
    ...common,
    grace,
    entitlements,
    ...(protection ? { protection } : {}),
    ...(device ? { device } : {}),
    ...(stickMarks ? { stickMarks } : {}),
  };
}

// A license without its passphrase is useless, and so is a passphrase without its license: write both or neither.
async function writeFiles({ passphraseFile, out }: OutputFiles, text: string, passphrase: string | undefined) {
  if (passphraseFile === undefined || passphrase === undefined) return writeFileAtomic(out, text);
  await writeSecretFile(passphraseFile, `${passphrase}\n`);
  try {
    await writeFileAtomic(out, text);
  } catch (error) {
    await removeFile(passphraseFile);
    throw error;
  }
}
