import type { RefusalCode } from "../../src-shared/license/index.ts";
import { codeOf } from "../../src-shared/node/atomic-files.ts";
import type { OpenVault } from "../../src-shared/node/vault-reader.ts";
import { err, ok, type Result } from "../../src-shared/result.ts";
import { type Allowed, chooseLicense, type JudgedLicense } from "../license/index.ts";
import type { SessionPorts } from "./ports.ts";
import type { Refusal } from "./state.ts";

/** A license that was accepted and saved, with the one verdict on it. */
export type ImportedLicense = { readonly judged: JudgedLicense; readonly allowed: Allowed };

/**
 * Judges a license text (attacker-controlled) and saves it on this computer if the verdict is good. Whether it then
 * opens the vault is decided by the same verdict when the vault is entered.
 */
export async function importLicense(
  text: string,
  vault: OpenVault,
  { licenseService, licenseStore }: Pick<SessionPorts, "licenseService" | "licenseStore">,
): Promise<Result<ImportedLicense, Refusal>> {
  const verdict = await licenseService.judge(text, vault);
  const { allowed, refusal } = chooseLicense([verdict]);
  const [accepted] = allowed;
  if (!accepted) return err(refusal);
  const saved = await save(licenseStore, accepted.license.claims.lid, text);
  return saved.ok
    ? ok({ judged: { text, verdict }, allowed: accepted })
    : err({ code: saved.error, license: accepted.license });
}

async function save(
  licenseStore: SessionPorts["licenseStore"],
  licenseId: string,
  text: string,
): Promise<Result<undefined, Extract<RefusalCode, "STATE_NOT_WRITTEN">>> {
  try {
    await licenseStore.save(licenseId, text);
    return ok(undefined);
  } catch (error) {
    if (codeOf(error) === "") throw error;
    return err("STATE_NOT_WRITTEN");
  }
}
