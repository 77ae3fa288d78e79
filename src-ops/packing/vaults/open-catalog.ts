import type { VaultSubkeys } from "../../../src-shared/node/vault-keys.ts";
import { type OpenVault, readCatalog } from "../../../src-shared/node/vault-reader.ts";
import { ok } from "../../../src-shared/result.ts";
import type { Catalog } from "../../../src-shared/vault/index.ts";
import { type Attempt, fail } from "../../failure.ts";
import { loadVaultKey, type Publisher } from "../../keys/index.ts";

export type OpenCatalog = { readonly catalog: Catalog; readonly keys: VaultSubkeys; readonly kek: Uint8Array };

/** The catalog of a vault, with the vault key of its publisher (32 bytes). VAULT_DAMAGED, VAULT_NEWER, and what `loadVaultKey` refuses. */
export async function openCatalog(publisher: Publisher, vault: OpenVault): Promise<Attempt<OpenCatalog>> {
  const kek = await loadVaultKey(publisher, vault.manifest.claims.vaultId);
  if (!kek.ok) return kek;
  const read = await readCatalog(vault, kek.value);
  if (read.ok) return ok({ ...read.value, kek: kek.value });
  if (read.error === "NEWER") {
    const cure = "install the newest version and try again";
    return fail("VAULT_NEWER", `The catalog of ${vault.root} was written by a newer vaultctl: ${cure}.`);
  }
  return fail("VAULT_DAMAGED", `The catalog of ${vault.root} cannot be opened with the vault's key.`);
}
