import { createHash } from "node:crypto";
import { join } from "node:path";
import type { ContainerError } from "../container/index.ts";
import { toBase64url } from "../encoding/base64url.ts";
import { parseStrictJson } from "../encoding/strict-json.ts";
import { fromUtf8, utf8 } from "../encoding/text.ts";
import type { TrustRoots } from "../jws/index.ts";
import { compareCounters } from "../ledger/index.ts";
import { err, ok, type Result } from "../result.ts";
import { type Bytes, MIB } from "../units.ts";
import {
  type Catalog,
  catalogContext,
  catalogName,
  DATA_FOLDER,
  type FileRef,
  fileContext,
  type FileRole,
  generationOf,
  type Manifest,
  MANIFEST_PROFILE,
  manifestName,
  parseCatalog,
  parseManifest,
  partName,
  VAULT_FOLDER,
} from "../vault/index.ts";
import { type ContainerReader, openContainer } from "./container-reader.ts";
import { openPartFiles, type PartError } from "./part-files.ts";
import { listForeignFolder, readForeignFile } from "./foreign-files.ts";

import { deriveSubkeys, unwrapKey, type VaultSubkeys } from "./vault-keys.ts";

/** A vault whose newest complete manifest is validly signed. Nothing in it has been decrypted. */
export type OpenVault = {
  readonly root: string;
  readonly manifest: Manifest;
  /** SHA-256 of the manifest's payload as it is in its token: distinguishes two of one generation. */
  readonly manifestHash: string;
  readonly sealedCatalog: Uint8Array;
};

export type VaultError =
  /** There is no `VAULT/manifest.*.jws` here. */
  | "NO_VAULT"
  /** There are manifests, but none whose signature the anchors accept. */
  | "UNTRUSTED"
  /** A validly signed manifest is there, but not the catalog that belongs to it. */
  | "INCOMPLETE";

// Each manifest costs a signature check, in proportion to its size: a hostile stick must not make the app check
// thousands, or large ones without end.
const MAX_MANIFESTS = 32;
const MAX_MANIFEST_BYTES: Bytes = 64 * MIB;

/**
 * Finds the vault in a folder (attacker-controlled): of all manifests, the highest counter wins that is validly signed
 * and has its catalog. Video parts are checked when they are opened: one missing part must not make the others
 * unusable. If the newest generation is damaged or only partly copied, an older one is used; whether that one is too
 * old for this computer is decided with the ledger (`judgeLicense`).
 */
export async function openVault(root: string, roots: TrustRoots): Promise<Result<OpenVault, VaultError>> {
  const generations = await listGenerations(root);
  if (generations.length === 0) return err("NO_VAULT");
  const trusted: { manifest: Manifest; manifestHash: string }[] = [];
  let left = MAX_MANIFEST_BYTES;
  for (const gen of generations.slice(0, MAX_MANIFESTS)) {
    const path = [VAULT_FOLDER, manifestName(gen)] as const;
    const bytes = await readForeignFile(root, path, Math.min(MANIFEST_PROFILE.maxBytes, left));
    left -= bytes?.length ?? 0;
    const manifest = bytes && checkManifest(bytes, gen, roots);
    if (manifest) trusted.push(manifest);
  }
  trusted.sort((a, b) => compareCounters(b.manifest.counter, a.manifest.counter));
  for (const { manifest, manifestHash } of trusted) {
    const { catalog, gen } = manifest.claims;
    const sealedCatalog = await readForeignFile(root, [VAULT_FOLDER, catalogName(gen)], catalog.size);
    if (sealedCatalog && sha256(sealedCatalog) === catalog.sha256) {
      return ok({ root, manifest, manifestHash, sealedCatalog });
    }
  }
  return err(trusted.length > 0 ? "INCOMPLETE" : "UNTRUSTED");
}

function checkManifest(bytes: Uint8Array, gen: number, roots: TrustRoots) {
  const text = fromUtf8(bytes);
  const manifest = text === undefined ? undefined : parseManifest(text, gen, roots);
  if (text === undefined || !manifest?.ok) return undefined;
  return { manifest: manifest.value, manifestHash: sha256(utf8(text.split(".")[1] ?? "")) };
}

/** The generations in the file names of a stick's `VAULT` folder, highest first. A link is no such folder. */
export async function listGenerations(root: string): Promise<number[]> {
  const names = await listForeignFolder(root, [VAULT_FOLDER]);
  return names
    .map(generationOf)
    .filter((gen) => gen !== undefined)
    .toSorted((a, b) => b - a);
}

/** The parts of one file of the vault, in order, with the sizes from the manifest. */
export function partsOf(vault: OpenVault, fileId: string): { path: string; size: Bytes }[] | undefined {
  const file = vault.manifest.claims.files.find((candidate) => candidate.id === fileId);
  return file?.parts.map(({ size }, index) => ({
    path: join(vault.root, VAULT_FOLDER, DATA_FOLDER, fileId, partName(index)),
    size,
  }));
}

export type CatalogError =
  | "WRONG_KEY"
  | "DAMAGED"
  /** It needs a later version of this program. */
  | "NEWER";

/** Decrypts the catalog with the vault key. */
export async function readCatalog(
  vault: OpenVault,
  kek: Uint8Array,
): Promise<Result<{ catalog: Catalog; keys: VaultSubkeys }, CatalogError>> {
  return readCatalogWith(vault, deriveSubkeys(kek));
}

/** The same with the keys that are derived from the vault key. */
export async function readCatalogWith(
  vault: OpenVault,
  keys: VaultSubkeys,
): Promise<Result<{ catalog: Catalog; keys: VaultSubkeys }, CatalogError>> {
  const sealed = vault.sealedCatalog;
  const source = {
    size: sealed.length,
    read: async (at: Bytes, length: Bytes) => ok(sealed.subarray(at, at + length)),
  };
  const container = await openContainer<never>(source, keys.catalog, catalogContext(vault.manifest.claims.vaultId));
  if (!container.ok) return err(container.error === "WRONG_KEY" ? "WRONG_KEY" : "DAMAGED");
  const clear = await container.value.read(0, container.value.size);
  if (!clear.ok) return err("DAMAGED");
  const json = parseStrictJson(clear.value);
  const catalog = parseCatalog(json.ok ? json.value : undefined);
  return catalog.ok ? ok({ catalog: catalog.value, keys }) : catalog;
}

export type FileError = PartError | ContainerError;

/** One file of the vault opened for reading; `close` releases its handles. */
export type VaultFile = ContainerReader<FileError> & { readonly close: () => Promise<void> };

/** The key of one file. `undefined`: the wrapped key does not authenticate for this vault, file and role. */
export function unwrapFileKey(
  vaultId: string,
  keys: VaultSubkeys,
  file: FileRef,
  role: FileRole,
): { key: Uint8Array; context: Uint8Array } | undefined {
  const context = fileContext(vaultId, file.id, role);
  const key = unwrapKey(keys.wrap, file.key, context);
  return key && { key, context };
}

/** Opens a container that is stored in parts: the only way to do so, for the app's worker and for `vaultctl`. */
export async function openVaultFile(
  parts: readonly { readonly path: string; readonly size: Bytes }[],
  key: Uint8Array,
  context: Uint8Array,
): Promise<Result<VaultFile, FileError>> {
  const files = await openPartFiles(parts);
  if (!files.ok) return files;
  const container = await openContainer(files.value, key, context);
  if (container.ok) return ok({ ...container.value, close: files.value.close });
  await files.value.close();
  return container;
}

function sha256(bytes: Uint8Array): string {
  return toBase64url(createHash("sha256").update(bytes).digest());
}
