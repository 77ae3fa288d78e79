import { mkdir } from "node:fs/promises";
import { dirname } from "node:path";
import { codeOf, renameFile, writeFileAtomic } from "../../src-shared/node/atomic-files.ts";
import { openPlainFile, readSmallFile } from "../../src-shared/node/plain-files.ts";
import { createSerialQueue } from "../../src-shared/serial-queue.ts";
import type { Bytes } from "../../src-shared/units.ts";

/** A value in a file of its own, which is changed in memory and written as a whole. */
export type KeptFile<T> = {
  readonly value: () => T;
  readonly set: (value: T) => void;
  /** Resolves when everything set so far is on disk; rejects with the error of the write. */
  readonly flush: () => Promise<void>;
};

type KeptFileFormat<T> = {
  /** `undefined`: these bytes are no such value. */
  readonly parse: (bytes: Uint8Array) => T | undefined;
  readonly format: (value: T) => string;
  readonly empty: T;
  readonly maxBytes: Bytes;
};

/** Opens a file. One that cannot be understood is renamed, not deleted, and the value is empty. */
export async function openKeptFile<T>(path: string, kept: KeptFileFormat<T>): Promise<KeptFile<T>> {
  let { value } = await load(path, kept);
  // One writer: each write waits for the previous one, whether or not that one succeeded.
  const enqueue = createSerialQueue();
  let dirty = false;

  async function write(): Promise<void> {
    if (!dirty) return;
    dirty = false;
    try {
      await mkdir(dirname(path), { recursive: true, mode: 0o700 });
      await writeFileAtomic(path, kept.format(value), 0o600);
    } catch (error) {
      dirty = true;
      throw error;
    }
  }

  return {
    value: () => value,
    set(next) {
      value = next;
      dirty = true;
    },
    flush: () => enqueue(write),
  };
}

async function load<T>(path: string, { parse, empty, maxBytes }: KeptFileFormat<T>): Promise<{ value: T }> {
  if (!(await isThere(path))) return { value: empty };
  const bytes = await readSmallFile(path, maxBytes);
  const value = bytes && parse(bytes);
  if (value !== undefined) return { value };
  await renameFile(path, `${path}.unreadable`);
  return { value: empty };
}

/** Throws the error of a file that is there and cannot be opened. */
async function isThere(path: string): Promise<boolean> {
  try {
    await (await openPlainFile(path))?.handle.close();
    return true;
  } catch (error) {
    if (codeOf(error) !== "ENOENT") throw error;
    return false;
  }
}
