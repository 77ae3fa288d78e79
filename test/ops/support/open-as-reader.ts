import {
  type OpenVault,
  openVault,
  openVaultFile,
  partsOf,
  readCatalog,
  unwrapFileKey,
} from "../../../src-shared/node/vault-reader.ts";
import type { VaultSubkeys } from "../../../src-shared/node/vault-keys.ts";
import type { Catalog, FileRef, FileRole } from "../../../src-shared/vault/index.ts";
import { trustRootsOf, vaultKeyOf, type PublisherFixture } from "./publisher-fixture.ts";

export type Reader = {
  readonly vault: OpenVault;
  readonly catalog: Catalog;
  readonly keys: VaultSubkeys;
  readonly read: (file: FileRef, role: FileRole) => Promise<Buffer>;
};

/** Opens a stick as the app does: signature, catalog, containers. Throws if anything is invalid. */
export async function openAsReader(fixture: PublisherFixture, stick: string, kek?: Uint8Array): Promise<Reader> {
  const vault = must(await openVault(stick, trustRootsOf(fixture)));
  const { vaultId } = vault.manifest.claims;
  const { catalog, keys } = must(await readCatalog(vault, kek ?? vaultKeyOf(fixture, vaultId)));

  async function read(file: FileRef, role: FileRole): Promise<Buffer> {
    const key = unwrapFileKey(vaultId, keys, file, role);
    const parts = partsOf(vault, file.id);
    if (!key || !parts) throw new Error(`${file.id} has no key or no parts`);
    const opened = must(await openVaultFile(parts, key.key, key.context));
    try {
      return Buffer.from(must(await opened.read(0, opened.size)));
    } finally {
      await opened.close();
    }
  }

  return { vault, catalog, keys, read };
}

function must<T>(result: { ok: true; value: T } | { ok: false; error: unknown }): T {
  if (!result.ok) throw new Error(`refused: ${JSON.stringify(result.error)}`);
  return result.value;
}
