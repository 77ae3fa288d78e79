import type { TrustRoots } from "../../src-shared/jws/index.ts";
import { verifyLicense } from "../../src-shared/license/index.ts";
import { ok, type Result } from "../../src-shared/result.ts";
import { readDeviceKey } from "./device-key.ts";
import type { LicenseStore } from "./license-store.ts";
import type { SecretStore, SecretStoreError } from "./ports.ts";

/**
 * Whether this computer was activated before: it has a device key, or a license for one computer was imported here.
 * Both are created after the first record of the ledger, so if there is no ledger they prove that its state was lost.
 */
export async function wasActivated(
  secrets: SecretStore,
  licenseStore: LicenseStore,
  roots: TrustRoots,
): Promise<Result<boolean, SecretStoreError>> {
  const key = await readDeviceKey(secrets);
  if (!key.ok) return key;
  if (key.value) return ok(true);
  const texts = await licenseStore.imported();
  return ok(texts.some((text) => isForOneComputer(text, roots)));
}

function isForOneComputer(text: string, roots: TrustRoots): boolean {
  const license = verifyLicense(text, roots);
  return license.ok && license.value.claims.bind.mode === "device";
}
