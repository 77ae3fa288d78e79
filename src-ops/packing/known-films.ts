import { type FileHandle, open } from "node:fs/promises";
import { readFully } from "../../src-shared/node/read-fully.ts";
import type { VaultSubkeys } from "../../src-shared/node/vault-keys.ts";
import { type OpenVault, openVaultFile, partsOf, unwrapFileKey } from "../../src-shared/node/vault-reader.ts";
import { ok } from "../../src-shared/result.ts";
import { type Bytes, MIB } from "../../src-shared/units.ts";
import type { FileRef } from "../../src-shared/vault/index.ts";
import type { Attempt } from "../failure.ts";
import { loadPublisher, publicKeysOf } from "../keys/index.ts";
import { sourceOf } from "./source-file.ts";
import { openCatalog, openTrusted } from "./vaults/index.ts";

const BLOCK_BYTES: Bytes = 4 * MIB;

/** Of these files, the ones that are in the vault already, byte for byte. */
export async function filmsInVault(
  { stick, keys }: { readonly stick: string; readonly keys: string },
  files: readonly string[],
  signal: AbortSignal,
): Promise<Attempt<ReadonlySet<string>>> {
  const publisher = await loadPublisher(keys);
  if (!publisher.ok) return publisher;
  const opened = await openTrusted(stick, publicKeysOf(publisher.value));
  if (!opened.ok) return opened;
  const { vault } = opened.value;
  const catalog = await openCatalog(publisher.value, vault);
  if (!catalog.ok) return catalog;
  const { keys: subkeys } = catalog.value;
  const known = new Set<string>();
  for (const path of files) {
    const source = await sourceOf(path);
    if (!source.ok) return source;
    const alike = catalog.value.catalog.videos.filter(({ file }) => file.bytes === source.value.size);
    for (const { file } of alike) if (await isSameFilm(vault, subkeys, file, path, signal)) known.add(path);
  }
  return ok(known);
}

async function isSameFilm(
  vault: OpenVault,
  keys: VaultSubkeys,
  ref: FileRef,
  path: string,
  signal: AbortSignal,
): Promise<boolean> {
  const parts = partsOf(vault, ref.id);
  const key = unwrapFileKey(vault.manifest.claims.vaultId, keys, ref, "video");
  const packed = parts && key && (await openVaultFile(parts, key.key, key.context));
  if (!packed?.ok) return false;
  const source = await open(path, "r");
  try {
    for (let at = 0; at < ref.bytes; at += BLOCK_BYTES) {
      signal.throwIfAborted();
      const block = await packed.value.read(at, Math.min(BLOCK_BYTES, ref.bytes - at));
      if (!block.ok || !(await hasAt(source, at, block.value))) return false;
    }
    return true;
  } finally {
    await source.close();
    await packed.value.close();
  }
}

async function hasAt(file: FileHandle, position: Bytes, bytes: Uint8Array): Promise<boolean> {
  return (await readFully(file, Buffer.allocUnsafe(bytes.length), position)).equals(bytes);
}
