import { createHash, randomBytes } from "node:crypto";
import { type FileHandle, open } from "node:fs/promises";
import { basename, dirname, join } from "node:path";
import type { PackedPart } from "../../src-shared/content-pack.ts";
import { toBase64url } from "../../src-shared/encoding/base64url.ts";
import { removeFile, renameFile, syncFolder } from "../../src-shared/node/atomic-files.ts";
import { openPlainFile } from "../../src-shared/node/plain-files.ts";
import { ok } from "../../src-shared/result.ts";
import { type Bytes, MIB } from "../../src-shared/units.ts";
import { DATA_FOLDER, partName, VAULT_FOLDER } from "../../src-shared/vault/index.ts";
import { type Attempt, fail } from "../failure.ts";
import type { Meter } from "./meter.ts";

const BLOCK_BYTES: Bytes = 4 * MIB;

/** Returns the size of the pack. It is there completely or not at all. */
export async function writePack(
  out: string,
  sections: readonly Uint8Array[],
  parts: readonly PackedPart[],
  master: string,
  meter: Meter,
  signal: AbortSignal,
): Promise<Attempt<Bytes>> {
  const temporary = join(dirname(out), `.${basename(out)}.${randomBytes(6).toString("hex")}.tmp`);
  let isWritten = false;
  try {
    const file = await open(temporary, "wx");
    let bytes = 0;
    try {
      for (const section of sections) {
        await file.writeFile(section);
        bytes += section.length;
      }
      for (const part of parts) {
        const copied = await copyPart(file, part, master, meter, signal);
        if (!copied.ok) return copied;
        bytes += part.size;
      }
      await file.sync();
    } finally {
      await file.close();
    }
    await renameFile(temporary, out);
    isWritten = true;
    await syncFolder(dirname(out));
    return ok(bytes);
  } finally {
    if (!isWritten) await removeFile(temporary);
  }
}

/** Copies one encrypted part, and compares it with its manifest: a damaged master must not reach customers. */
async function copyPart(
  to: FileHandle,
  { fileId, index, size, sha256 }: PackedPart,
  master: string,
  meter: Meter,
  signal: AbortSignal,
): Promise<Attempt<undefined>> {
  const path = join(master, VAULT_FOLDER, DATA_FOLDER, fileId, partName(index));
  const source = await openPlainFile(path);
  const damaged = () =>
    fail("VAULT_DAMAGED", `${path} does not match its manifest: name a master that \`vaultctl verify\` accepts.`);
  if (!source) return damaged();
  try {
    if (source.size !== size) return damaged();
    meter.startFile(`${fileId}/${partName(index)}`, size);
    const hash = createHash("sha256");
    const block = Buffer.allocUnsafeSlow(Math.min(BLOCK_BYTES, size));
    for (let at = 0; at < size;) {
      signal.throwIfAborted();
      const { bytesRead } = await source.handle.read(block, 0, Math.min(block.length, size - at), at);
      if (bytesRead === 0) return damaged();
      const read = block.subarray(0, bytesRead);
      hash.update(read);
      await to.writeFile(read);
      meter.add(bytesRead);
      at += bytesRead;
    }
    meter.endFile();
    return toBase64url(hash.digest()) === sha256 ? ok(undefined) : damaged();
  } finally {
    await source.handle.close();
  }
}
