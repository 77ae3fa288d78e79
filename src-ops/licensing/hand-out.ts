import { createHash } from "node:crypto";
import { rm } from "node:fs/promises";
import { toBase64url } from "../../src-shared/encoding/base64url.ts";
import {
  armor,
  LICENSE_PROFILE,
  type LicenseClaims,
  PRODUCT_AUDIENCE,
  type Ring,
  type StickFingerprint,
  verifyLicense,
} from "../../src-shared/license/index.ts";
import { writeFileAtomic } from "../../src-shared/node/atomic-files.ts";
import { ok } from "../../src-shared/result.ts";
import { DAY, type Seconds, type UnixSeconds } from "../../src-shared/units.ts";
import { type Attempt, fail } from "../failure.ts";
import { publicKeysOf } from "../keys/index.ts";
import {
  appendToRegister,
  type LicenseEntry,
  nextLicenseSeq,
  type Register,
  type RegisteredDevice,
  type RegisteredEnrolment,
} from "../register/index.ts";
import { signDocument } from "../signing/index.ts";
import type { Desk } from "./desk.ts";
import { composeEnrolment } from "./enrol.ts";
import { sealVaultKey } from "./seal-vault-key.ts";
import { writeSecretFile } from "./secret-file.ts";

/** What a license is to say, whichever way it came about. */
export type Terms = {
  readonly lid: string;
  readonly sub: string;
  readonly ring: Ring;
  readonly exp: UnixSeconds;
  readonly grace: Seconds;
  readonly entitlements: readonly string[];
  readonly minApp: string;
  readonly vaultId: string;
  readonly stickId: string;
  /** The vault's key, 32 bytes. */
  readonly kek: Uint8Array;
  readonly device: RegisteredDevice | undefined;
  readonly stickMarks: StickFingerprint | undefined;
  readonly passphrase: string | undefined;
  /** The pseudonym of the enrolment that goes with it, if one does. */
  readonly pid: string | undefined;
};

/** Where it goes. `passphraseFile` is written only for a passphrase that is new. */
export type Targets = { readonly out: string; readonly passphraseFile?: string | undefined };

/** How it came about, for the register. */
export type Occasion =
  | { readonly kind: "license" | "renewal" }
  | { readonly kind: "transfer"; readonly from: string; readonly proof?: string };

export type IssuedLicense = {
  readonly claims: LicenseClaims;
  readonly enrolment: RegisteredEnrolment | undefined;
  readonly sha256: string;
  readonly developmentKeys: boolean;
  /** A line of the register that was never finished gave way to this one. */
  readonly repaired: boolean;
};

// A computer whose clock is slow by up to a day may use a license at once, as the clock check allows.
const SLOW_CLOCKS = DAY;

/**
 * The one way a license leaves the publisher: signed, looked at as its reader will, entered in the register, and only
 * then written. Nothing is overwritten.
 */
export async function handOut(
  desk: Desk,
  terms: Terms,
  occasion: Occasion,
  targets: Targets,
): Promise<Attempt<{ readonly issued: IssuedLicense; readonly register: Register }>> {
  const { publisher, signer, roots, now } = desk;
  const claims = await composeClaims(desk, terms);
  const enrolment = await composeEnrolment(desk, terms);
  if (!enrolment.ok) return enrolment;
  const token = signDocument(signer, LICENSE_PROFILE, claims);
  const text = armor("LICENSE", token) + (enrolment.value?.text ?? "");
  // Nothing is entered or handed out that a reader with the publisher's public keys would not take.
  if (!verifyLicense(text, roots).ok) {
    return fail("KEYS_BROKEN", `The public keys in ${publicKeysOf(publisher)} do not belong to the private ones.`);
  }
  const sha256 = toBase64url(createHash("sha256").update(text).digest());
  const enrolled = enrolment.value?.entry;
  const entry = {
    ...entryOf(claims, terms, signer.kid, sha256, occasion),
    token: createHash("sha256").update(token).digest("hex"),
    ...(enrolled ? { enrolment: enrolled } : {}),
  };
  const register = await appendToRegister(publisher.folder, desk.register, now, entry);
  await writeArtefacts(targets, text, terms.passphrase);
  const { dev: developmentKeys } = signer;
  const issued = { claims, enrolment: enrolled, sha256, developmentKeys, repaired: desk.register.torn };
  return ok({ issued, register });
}

async function composeClaims({ publisher, register, now }: Desk, terms: Terms): Promise<LicenseClaims> {
  const { lid, sub, ring, exp, grace, entitlements, minApp, vaultId, stickId, kek, device, passphrase } = terms;
  const seq = nextLicenseSeq(register);
  const place = { issuer: publisher.issuer, licenseId: lid, seq, vaultId, stickId };
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
    vaults: [{ id: vaultId, kek: await sealVaultKey(kek, place, device, passphrase) }],
    bind: bindingOf(terms),
    minApp,
    revMin: 0,
  };
}

function bindingOf({ stickId, stickMarks, device, passphrase }: Terms): LicenseClaims["bind"] {
  const stick = { stick: stickId, ...(stickMarks ? { stickMarks } : {}) };
  if (device === undefined) return { mode: "stick", ...stick };
  const computer = { device: device.id, ...(device.marks ? { deviceMarks: device.marks } : {}) };
  return { mode: passphrase === undefined ? "device" : "device-or-stick", ...stick, ...computer };
}

function entryOf(claims: LicenseClaims, terms: Terms, kid: string, sha256: string, occasion: Occasion): LicenseEntry {
  const { lid, seq, sub, ring, exp, grace, entitlements, minApp, bind } = claims;
  const { vaultId, stickId, device, stickMarks } = terms;
  const said = { lid, seq, sub, vaultId, stickId, mode: bind.mode, ring, exp, minApp, kid, sha256 };
  return {
    ...occasion,
    ...said,
    grace,
    entitlements,
    ...(device ? { device } : {}),
    ...(stickMarks ? { stickMarks } : {}),
  };
}

// A license nobody has the passphrase for is worth nothing, and the other way round: both or neither.
async function writeArtefacts({ passphraseFile, out }: Targets, text: string, passphrase: string | undefined) {
  if (passphraseFile === undefined || passphrase === undefined) return writeFileAtomic(out, text);
  await writeSecretFile(passphraseFile, `${passphrase}\n`);
  try {
    await writeFileAtomic(out, text);
  } catch (error) {
    await rm(passphraseFile, { force: true });
    throw error;
  }
}
