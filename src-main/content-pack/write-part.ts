import { createHash } from "node:crypto";
import { join } from "node:path";
import type { PackedPart } from "../../src-shared/content-pack.ts";
import { toBase64url } from "../../src-shared/encoding/base64url.ts";
import type { PackProblem } from "../../src-shared/ipc/index.ts";
import { codeOf, isOutOfSpace, removeFile, renameFile, syncFolder } from "../../src-shared/node/atomic-files.ts";
import { makeForeignFolder } from "../../src-shared/node/foreign-files.ts";
import { openPlainFile } from "../../src-shared/node/plain-files.ts";
import { readFully } from "../../src-shared/node/read-fully.ts";
import { openForUpdate, writeFully } from "../../src-shared/node/update-file.ts";
import { dataFolder } from "../../src-shared/node/vault-sweep.ts";
import { err, ok, type Result } from "../../src-shared/result.ts";
import { type Bytes, MIB } from "../../src-shared/units.ts";
import { DATA_FOLDER, partName, VAULT_FOLDER } from "../../src-shared/vault/index.ts";
import type { OpenPack } from "./read-pack.ts";

const BLOCK_BYTES: Bytes = MIB;
// What is lost when the stick is pulled out, and how far the progress may be ahead of what is on the stick.
const SYNC_EVERY: Bytes = 64 * MIB;

export type WriteSteps = {
  readonly signal: AbortSignal;
  /** Called with the bytes that were handled; with a negative number, if they are handled once more. */
  readonly onBytes: (bytes: Bytes) => void;
};

/** Whether a part is on the stick already, byte for byte. */
export async function hasPart(root: string, part: PackedPart, signal: AbortSignal): Promise<boolean> {
  const path = join(dataFolder(root, part.fileId), partName(part.index));
  const file = await openPlainFile(path).catch((error: unknown) => {
    if (codeOf(error) === "ENOENT") return undefined;
    throw error;
  });
  if (!file) return false;
  try {
    if (file.size !== part.size) return false;
    const hash = createHash("sha256");
    const block = Buffer.allocUnsafeSlow(Math.min(BLOCK_BYTES, part.size));
    for (let at = 0; at < part.size;) {
      signal.throwIfAborted();
      const read = await readFully(file.handle, block.subarray(0, part.size - at), at);
      if (read.length === 0) return false;
      hash.update(read);
      at += read.length;
    }
    return toBase64url(hash.digest()) === part.sha256;
  } finally {
    await file.handle.close();
  }
}

/** The bytes of a part that an earlier run, which was interrupted, has left under its temporary name. */
export async function bytesBegun(root: string, part: PackedPart): Promise<Bytes> {
  const file = await openPlainFile(temporaryPath(root, part)).catch((error: unknown) => {
    if (codeOf(error) === "ENOENT") return undefined;
    throw error;
  });
  await file?.handle.close();
  return Math.min(file?.size ?? 0, part.size);
}

/**
 * Writes one part under a temporary name, and gives it its own name when it is complete, has the signed hash and is durable.
 * What an interrupted run has left is compared and not written again. Throws fs errors, and the abort of the signal.
 */
export async function writePart(
  root: string,
  pack: OpenPack,
  part: PackedPart,
  steps: WriteSteps,
): Promise<Result<undefined, PackProblem>> {
  const begun = await bytesBegun(root, part);
  let counted = 0;
  const onBytes = (bytes: Bytes) => {
    counted += bytes;
    steps.onBytes(bytes);
  };
  try {
    return await writeOnce(root, pack, part, { ...steps, onBytes });
  } catch (error) {
    if (begun === 0 || codeOf(error) === "" || isOutOfSpace(error)) throw error;
    // A stick that was pulled out may have left a file of which less is there than its folder says (FAT).
    await removeFile(temporaryPath(root, part));
    steps.onBytes(-counted);
    return writeOnce(root, pack, part, steps);
  }
}

async function writeOnce(
  root: string,
  pack: OpenPack,
  part: PackedPart,
  { signal, onBytes }: WriteSteps,
): Promise<Result<undefined, PackProblem>> {
  const folder = await makeForeignFolder(root, [VAULT_FOLDER, DATA_FOLDER, part.fileId]);
  const temporary = temporaryPath(root, part);
  const file = await openForUpdate(temporary);
  try {
    const hash = createHash("sha256");
    const [block, there] = [Buffer.allocUnsafeSlow(BLOCK_BYTES), Buffer.allocUnsafeSlow(BLOCK_BYTES)];
    const begun = (await file.stat()).size;
    let unsynced = 0;
    for (let at = 0; at < part.size;) {
      signal.throwIfAborted();
      const read = await pack.readPart(part, at, block.subarray(0, Math.min(BLOCK_BYTES, part.size - at)));
      if (!read.ok) return read;
      const bytes = read.value;
      hash.update(bytes);
      const isThere =
        at + bytes.length <= begun && (await readFully(file, there.subarray(0, bytes.length), at)).equals(bytes);
      if (!isThere) await writeFully(file, bytes, at);
      at += bytes.length;
      unsynced += bytes.length;
      onBytes(bytes.length);
      if (unsynced < SYNC_EVERY) continue;
      await file.datasync();
      unsynced = 0;
    }
    if (toBase64url(hash.digest()) !== part.sha256) {
      await removeFile(temporary);
      return err("PACK_DAMAGED");
    }
    // Some drivers refuse it where there is nothing to cut off.
    if (begun > part.size) await file.truncate(part.size);
    await file.sync();
  } finally {
    await file.close();
  }
  await renameFile(temporary, join(folder, partName(part.index)));
  await syncFolder(folder);
  return ok(undefined);
}

function temporaryPath(root: string, { fileId, index }: PackedPart): string {
  return join(dataFolder(root, fileId), `.${partName(index)}.pack.tmp`);
}
