import { type FileHandle, open } from "node:fs/promises";
import { MIB } from "../../src-shared/units.ts";
import type { Source } from "./source-file.ts";
import { readFully } from "../../src-shared/node/read-fully.ts";

/** Thrown when a source file differs from the one that was planned. */
export class SourceChanged extends Error {}

// A multiple of the chunk size, so that no chunk spans two blocks.
const BLOCK_BYTES = 4 * MIB;

/**
 * Reads a source in large blocks, and reads the next block while the last is sealed. A block is valid until the next.
 */
export async function* readSourceBlocks(source: Source, signal: AbortSignal): AsyncGenerator<Uint8Array> {
  const file = await open(source.path, "r");
  try {
    await requireUnchanged(file, source);
    const buffers = [Buffer.allocUnsafeSlow(BLOCK_BYTES), Buffer.allocUnsafeSlow(BLOCK_BYTES)] as const;
    let ahead = readFully(file, buffers[0], 0);
    for (let at = 0, turn = 0; at < source.size; at += BLOCK_BYTES, turn ^= 1) {
      const block = await ahead;
      signal.throwIfAborted();
      const next = at + BLOCK_BYTES;
      if (next < source.size) ahead = readFully(file, buffers[turn ^ 1] as Buffer, next);
      // Awaited in the next iteration; if the consumer stops earlier, a failure must not count as unhandled.
      ahead.catch(() => {});
      yield block;
    }
    await requireUnchanged(file, source);
  } finally {
    await file.close();
  }
}

async function requireUnchanged(file: FileHandle, source: Source): Promise<void> {
  const { size, mtimeMs } = await file.stat();
  if (size !== source.size || mtimeMs !== source.mtimeMs) throw new SourceChanged(source.path);
}
