import type { FileHandle } from "node:fs/promises";
import { open } from "node:fs/promises";
import { openVault, openVaultFile, partsOf, unwrapFileKey } from "../../src-shared/node/vault-reader.ts";
import { ok } from "../../src-shared/result.ts";
import { type Bytes, MIB } from "../../src-shared/units.ts";
import type { CatalogVideo } from "../../src-shared/vault/index.ts";
import type { Attempt } from "../failure.ts";
import { loadPublisher } from "../keys/index.ts";
import { readFully } from "../../src-shared/node/read-fully.ts";
import { openSession, type Session } from "./session.ts";
import { sourceOf } from "./source-file.ts";

const BLOCK_BYTES: Bytes = 4 * MIB;

/** Of these files, the ones that are in the vault already, byte for byte. */
export async function filmsInVault(
  { stick, keys }: { readonly stick: string; readonly keys: string },
  files: readonly string[],
  signal: AbortSignal,
): Promise<Attempt<ReadonlySet<string>>> {
  const publisher = await loadPublisher(keys);
  if (!publisher.ok) return publisher;
  const session = await openSession(publisher.value, stick);
  if (!session.ok) return session;
  const known = new Set<string>();
  for (const path of files) {
    const source = await sourceOf(path);
    if (!source.ok) return source;
    const alike = session.value.videos.filter(({ file }) => file.bytes === source.value.size);
    for (const video of alike) if (await isSameFilm(session.value, video, path, signal)) known.add(path);
  }
  return ok(known);
}

async function isSameFilm(
  { root, roots, vaultId, keys }: Session,
  { file: ref }: CatalogVideo,
  path: string,
  signal: AbortSignal,
): Promise<boolean> {
  const vault = await openVault(root, roots);
  const parts = vault.ok ? partsOf(vault.value, ref.id) : undefined;
  const key = unwrapFileKey(vaultId, keys, ref, "video");
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
