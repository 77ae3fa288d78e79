import { createHash, randomBytes } from "node:crypto";
import { lstat, open } from "node:fs/promises";
import { dirname, join } from "node:path";
import { codeOf, removeFile, renameFile, syncFolder } from "../../src-shared/node/atomic-files.ts";
import { type ForeignPath, makeForeignFolder } from "../../src-shared/node/foreign-files.ts";
import { openPlainFile } from "../../src-shared/node/plain-files.ts";
import { ok } from "../../src-shared/result.ts";
import { type Bytes, MIB } from "../../src-shared/units.ts";
import { type Attempt, fail } from "../failure.ts";

export type Hashed = { readonly sha256: string; readonly length: Bytes };

/** The hash and length of a file. SOURCE_UNREADABLE, INTERRUPTED. */
export async function hashFile(path: string, signal: AbortSignal): Promise<Attempt<Hashed>> {
  return copyAndHash(path, signal, async () => {});
}

/** Copies a file durably into a feed, to a path that depends on its hash; an existing valid copy is not written again. */
export async function storeFile(
  path: string,
  { sha256, length }: Hashed,
  feed: string,
  target: ForeignPath,
  signal: AbortSignal,
): Promise<Attempt<undefined>> {
  const to = join(await makeForeignFolder(feed, target.slice(0, -1)), target.at(-1) ?? "");
  if ((await sizeOf(to)) === length) {
    const existing = await hashFile(to, signal);
    if (existing.ok && existing.value.sha256 === sha256) return ok(undefined);
  }
  const temporary = join(dirname(to), `.${sha256.slice(0, 16)}.${randomBytes(6).toString("hex")}.tmp`);
  try {
    const file = await open(temporary, "wx", 0o644);
    let copied: Attempt<Hashed>;
    try {
      copied = await copyAndHash(path, signal, (bytes) => file.writeFile(bytes));
      await file.sync();
    } finally {
      await file.close();
    }
    if (!copied.ok) return copied;
    if (copied.value.sha256 !== sha256) {
      return fail("SOURCE_CHANGED", `${path} changed while it was read: run the command again when it is finished.`);
    }
    await renameFile(temporary, to);
  } finally {
    await Promise.allSettled([removeFile(temporary)]);
  }
  await syncFolder(dirname(to));
  return ok(undefined);
}

async function copyAndHash(
  path: string,
  signal: AbortSignal,
  write: (bytes: Uint8Array) => Promise<void>,
): Promise<Attempt<Hashed>> {
  const source = await openPlainFile(path);
  if (!source) return fail("SOURCE_UNREADABLE", `${path} is not a regular file.`);
  try {
    const hash = createHash("sha256");
    const buffer = Buffer.allocUnsafeSlow(2 * MIB);
    let length = 0;
    for (;;) {
      signal.throwIfAborted();
      const { bytesRead } = await source.handle.read(buffer, 0, buffer.length);
      if (bytesRead === 0) break;
      hash.update(buffer.subarray(0, bytesRead));
      await write(buffer.subarray(0, bytesRead));
      length += bytesRead;
    }
    return ok({ sha256: hash.digest("hex"), length });
  } finally {
    await source.handle.close();
  }
}

async function sizeOf(path: string): Promise<Bytes | undefined> {
  try {
    return (await lstat(path)).size;
  } catch (error) {
    if (codeOf(error) === "ENOENT") return undefined;
    throw error;
  }
}
