import { createHash, randomBytes } from "node:crypto";
import { mkdir, open, readdir, stat } from "node:fs/promises";
import { join } from "node:path";
import { CHUNK_BYTES, KEY_BYTES, SALT_BYTES } from "../../src-shared/container/index.ts";
import { utf8 } from "../../src-shared/encoding/text.ts";
import { codeOf, removeFile, renameFile } from "../../src-shared/node/atomic-files.ts";
import { openContainer } from "../../src-shared/node/container-reader.ts";
import { sealContainer } from "../../src-shared/node/container-writer.ts";
import { ok } from "../../src-shared/result.ts";
import { type Bytes, DAY } from "../../src-shared/units.ts";
import type { Attempt } from "../failure.ts";
import { loadConversionKey, PRIVATE_FILE_MODE, PRIVATE_FOLDER_MODE, saveConversionKey } from "../keys/index.ts";
import { readFully } from "../../src-shared/node/read-fully.ts";
import { sourceOf } from "./source-file.ts";
import { readSourceBlocks } from "./source-blocks.ts";

/**
 * Converted films that an interrupted run left for the next one. They are encrypted: outside the private folder of a
 * run that is still going on, no film is ever in clear.
 */
export type KeptConversions = {
  /** Writes an earlier conversion to `out`, in clear. Returns whether there was one. */
  readonly take: (name: string, out: string, signal: AbortSignal) => Promise<boolean>;
  /** Keeps a conversion. Returns whether there was room for it. */
  readonly keep: (name: string, from: string, signal: AbortSignal) => Promise<boolean>;
  /** Removes what this run took or kept: it is packed. */
  readonly clear: () => Promise<void>;
};

const FOLDER = "converted";
const KEPT_DAYS = 14;
const READ_BYTES: Bytes = 64 * CHUNK_BYTES;

/** The same source, converted in the same way, has the same name. */
export function conversionName(...identity: readonly (string | number | undefined)[]): string {
  return createHash("sha256").update(JSON.stringify(identity)).digest("hex").slice(0, 32);
}

export async function openKeptConversions(keys: string): Promise<Attempt<KeptConversions>> {
  const folder = join(keys, FOLDER);
  await mkdir(folder, { recursive: true, mode: PRIVATE_FOLDER_MODE });
  await removeOld(folder);
  const opened = await loadKey(keys);
  if (!opened.ok) return opened;
  const key = opened.value;
  const used = new Set<string>();
  const pathOf = (name: string, ending: string) => join(folder, `${name}.${ending}`);

  return ok({
    async take(name, out, signal) {
      used.add(name);
      const isWhole = await unseal(pathOf(name, "sealed"), key, contextOf(name), out, signal);
      if (!isWhole) await removeFile(pathOf(name, "sealed"));
      return isWhole;
    },
    async keep(name, from, signal) {
      used.add(name);
      const [part, whole] = [pathOf(name, "part"), pathOf(name, "sealed")];
      const source = await sourceOf(from);
      if (!source.ok) return false;
      try {
        const blocks = readSourceBlocks(source.value, signal);
        await writeAll(part, sealContainer(blocks, key, randomBytes(SALT_BYTES), contextOf(name)));
        await renameFile(part, whole);
        return true;
      } catch (error) {
        await removeFile(part);
        if (signal.aborted || codeOf(error) === "") throw error;
        return false;
      }
    },
    async clear() {
      for (const name of used) {
        for (const ending of ["sealed", "part"]) await removeFile(pathOf(name, ending));
      }
    },
  });
}

function contextOf(name: string): Uint8Array {
  return utf8(`uvv-converted/1 ${name}`);
}

async function loadKey(keys: string): Promise<Attempt<Uint8Array>> {
  const known = await loadConversionKey(keys);
  if (!known.ok) return known;
  if (known.value?.length === KEY_BYTES) return ok(known.value);
  const key = randomBytes(KEY_BYTES);
  const saved = await saveConversionKey(keys, key);
  return saved.ok ? ok(key) : saved;
}

/** What no run came back for. */
async function removeOld(folder: string): Promise<void> {
  const oldest = Date.now() - KEPT_DAYS * DAY * 1000;
  for (const name of await readdir(folder)) {
    const { mtimeMs } = await stat(join(folder, name));
    if (mtimeMs < oldest) await removeFile(join(folder, name));
  }
}

async function writeAll(path: string, blocks: AsyncIterable<Uint8Array>): Promise<void> {
  const file = await open(path, "w", PRIVATE_FILE_MODE);
  try {
    for await (const block of blocks) await file.writeFile(block);
    await file.sync();
  } finally {
    await file.close();
  }
}

async function unseal(path: string, key: Uint8Array, context: Uint8Array, out: string, signal: AbortSignal) {
  let file;
  try {
    file = await open(path, "r");
  } catch (error) {
    if (codeOf(error) !== "ENOENT") throw error;
    return false;
  }
  try {
    const { size } = await file.stat();
    const read = async (at: Bytes, length: Bytes) => ok(await readFully(file, Buffer.allocUnsafe(length), at));
    const container = await openContainer<never>({ size, read }, key, context);
    if (!container.ok) return false;
    const { value } = container;
    let isWhole = true;
    async function* clearBlocks() {
      for (let at = 0; at < value.size && isWhole; at += READ_BYTES) {
        signal.throwIfAborted();
        const block = await value.read(at, Math.min(READ_BYTES, value.size - at));
        isWhole = block.ok;
        if (block.ok) yield block.value;
      }
    }
    await writeAll(out, clearBlocks());
    return isWhole;
  } finally {
    await file.close();
  }
}
