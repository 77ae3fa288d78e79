import { join } from "node:path";
import {
  judgeLicense,
  type LicenseVerdict,
  NO_REVOCATIONS,
  parseRevocations,
  type Revocations,
  verifyLicense,
} from "../../src-shared/license/index.ts";
import type { TrustRoots } from "../../src-shared/jws/index.ts";
import { EMPTY_LEDGER } from "../../src-shared/ledger/index.ts";
import { readSmallFile } from "../../src-shared/node/plain-files.ts";
import { ok } from "../../src-shared/result.ts";
import { KIB, type UnixSeconds } from "../../src-shared/units.ts";
import { REVOCATIONS_FILE, VAULT_FOLDER } from "../../src-shared/vault/index.ts";
import type { Attempt } from "../failure.ts";
import { loadTrust } from "../trust/index.ts";
import { openTrusted } from "../vaults/index.ts";
import { readLicenseFile } from "./license-file.ts";

export type LicenseCheck = {
  readonly verdict: LicenseVerdict;
  readonly at: UnixSeconds;
  readonly appVersion: string;
  readonly developmentKeys: boolean;
};

/**
 * Judges a license as the app does, on a computer that has seen nothing yet. A license for one computer is judged as on
 * that computer: the publisher has no other at hand.
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
  const { vaultId, stickId, minSeq } = claims;
  const { roots, dev } = anchors.value;
  const revocations = await revocationsOn(where.stick, roots);
  const here = { now: at, appVersion: where.appVersion, vaultId, stickId, minSeq, manifest, manifestHash, revocations };
  const verdict = judgeLicense(text.value, roots, EMPTY_LEDGER, { ...here, device: deviceNamedBy(text.value, roots) });
  return ok({ verdict, at, appVersion: where.appVersion, developmentKeys: dev });
}

function deviceNamedBy(text: string, roots: TrustRoots): string | undefined {
  const license = verifyLicense(text, roots);
  const bind = license.ok ? license.value.claims.bind : undefined;
  return bind && bind.mode !== "stick" ? bind.device : undefined;
}

// A list on the stick that no trusted key signed says nothing, as in the app.
async function revocationsOn(stick: string, roots: TrustRoots): Promise<Revocations> {
  const bytes = await readSmallFile(join(stick, VAULT_FOLDER, REVOCATIONS_FILE), 128 * KIB);
  const list = bytes && parseRevocations(bytes.toString("utf8"), roots);
  return list?.ok ? list.value : NO_REVOCATIONS;
}
