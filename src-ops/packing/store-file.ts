import { join } from "node:path";
import { sealContainer } from "../../src-shared/node/container-writer.ts";
import type { Bytes } from "../../src-shared/units.ts";
import {
  DATA_FOLDER,
  fileContext,
  type FileRole,
  type ManifestFile,
  VAULT_FOLDER,
} from "../../src-shared/vault/index.ts";
import { syncFolder } from "../../src-shared/node/atomic-files.ts";
import { makeForeignFolder } from "../../src-shared/node/foreign-files.ts";
import type { Hasher } from "./hashing/index.ts";
import { createBlockPool } from "./block-pool.ts";
import { PartWriter, type WrittenPart } from "./part-writer.ts";

/** One file to seal into the vault: its id and role, and the key and salt that seal it. */
export type FileToStore = {
  readonly vaultId: string;
  readonly id: string;
  readonly role: FileRole;
  readonly key: Uint8Array;
  readonly salt: Uint8Array;
};

export type StoredFile = { readonly file: ManifestFile; readonly reused: Bytes };

/**
 * Seals blocks into `VAULT/data/<id>/`. Bytes that are already there are compared, not written.
 *
 * @throws {EarlierBytesDiffer} the existing bytes are not the beginning of this container
 */
export async function storeFile(
  root: string,
  blocks: AsyncIterable<Uint8Array> | Iterable<Uint8Array>,
  to: FileToStore,
  { partBytes, hasher }: { readonly partBytes: Bytes; readonly hasher: Hasher },
  onPart: (part: WrittenPart) => void,
): Promise<StoredFile> {
  const folder = await makeForeignFolder(root, [VAULT_FOLDER, DATA_FOLDER, to.id]);
  const pool = createBlockPool();
  const writer = new PartWriter(folder, partBytes, hasher, onPart);
  try {
    const context = fileContext(to.vaultId, to.id, to.role);
    const sealed = sealContainer(blocks, to.key, to.salt, context, (bytes) => pool.acquire(bytes));
    for await (const block of sealed) await writer.write(block, () => pool.release(block));
    const parts = await writer.finish();
    await syncFolder(join(root, VAULT_FOLDER, DATA_FOLDER));
    return { file: { id: to.id, parts: parts.map(({ size, sha256 }) => ({ size, sha256 })) }, reused: writer.reused };
  } catch (error) {
    await writer.abandon();
    throw error;
  }
}
