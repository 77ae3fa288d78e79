import {
  type Agreement,
  compareStickFingerprints,
  judgeLicense,
  type LicenseVerdict,
  NO_REVOCATIONS,
  parseRevocations,
  type Revocations,
  type Surroundings,
  verifyLicense,
} from "../../src-shared/license/index.ts";
import type { TrustRoots } from "../../src-shared/jws/index.ts";
import { EMPTY_LEDGER } from "../../src-shared/ledger/index.ts";
import { MAX_ARMORED_CHARS } from "../../src-shared/limits.ts";
import { hardwareOf } from "../../src-shared/node/hardware.ts";
import { driveFingerprintOf } from "../../src-shared/node/hardware-fingerprint.ts";
import { readForeignFile } from "../../src-shared/node/foreign-files.ts";
import { ok } from "../../src-shared/result.ts";
import type { UnixSeconds } from "../../src-shared/units.ts";
import { REVOCATIONS_FILE, VAULT_FOLDER } from "../../src-shared/vault/index.ts";
import type { Attempt } from "../failure.ts";
import { loadTrust } from "../keys/index.ts";
import { openTrusted } from "../packing/index.ts";
import { readLicenseFile } from "./license-file.ts";

export type LicenseCheck = {
  readonly verdict: LicenseVerdict;
  /** Which parts of the license's drive fingerprint match this drive; `null` if unknown. */
  readonly drive: Agreement<"serial" | "volume" | "partition">;
  readonly at: UnixSeconds;
  readonly appVersion: string;
  readonly developmentKeys: boolean;
};

/** Judges a license as the app does on a computer with an empty ledger. A license for one computer is judged as if on
 * that computer, with the fingerprint from the license, because the publisher does not have it. The drive is the real
 * one.
 */
export async function checkLicense(
  path: string,
  where: { readonly stick: string; readonly trust: string | undefined; readonly appVersion: string },
  at: UnixSeconds,
): Promise<Attempt<LicenseCheck>> {
  const text = await readLicenseFile(path);
  if (!text.ok) return text;
  const anchors = await loadTrust(where.trust, where.stick);
  if (!anchors.ok) return anchors;
  const opened = await openTrusted(where.stick, where.trust);
  if (!opened.ok) return opened;
  const { manifestHash } = opened.value.vault;
  const { claims, counter: manifest } = opened.value.vault.manifest;
  const { vaultId, stickId, markKey, minSeq } = claims;
  const { roots, dev } = anchors.value;
  const revocations = await revocationsOn(where.stick, roots);
  const stickFingerprint = driveFingerprintOf(markKey, await hardwareOf(process.platform).drive(where.stick).whole);
  const verdict = judgeLicense(text.value, roots, EMPTY_LEDGER, {
    now: at,
    appVersion: where.appVersion,
    vaultId,
    stickId,
    minSeq,
    manifest,
    manifestHash,
    stickFingerprint,
    revocations,
    ...deviceNamedBy(text.value, roots),
  });
  const drive = compareStickFingerprints(verdict.license?.claims.bind.stickMarks ?? {}, stickFingerprint);
  return ok({ verdict, drive, at, appVersion: where.appVersion, developmentKeys: dev });
}

function deviceNamedBy(text: string, roots: TrustRoots): Pick<Surroundings, "device" | "deviceFingerprint"> {
  const license = verifyLicense(text, roots);
  const bind = license.ok ? license.value.claims.bind : undefined;
  if (!bind || bind.mode === "stick") return { device: undefined, deviceFingerprint: {} };
  return { device: bind.device, deviceFingerprint: bind.deviceMarks ?? {} };
}

// A list on the stick that no trusted key signed is ignored, as in the app.
async function revocationsOn(stick: string, roots: TrustRoots): Promise<Revocations> {
  const bytes = await readForeignFile(stick, [VAULT_FOLDER, REVOCATIONS_FILE], MAX_ARMORED_CHARS);
  const list = bytes && parseRevocations(bytes.toString("utf8"), roots);
  return list?.ok ? list.value : NO_REVOCATIONS;
}
