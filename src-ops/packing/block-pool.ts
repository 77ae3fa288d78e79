import type { Bytes } from "../../src-shared/units.ts";

/** Large buffers that are used again: fresh ones for every block would cost hundreds of megabytes until collected. */
export type BlockPool = { take(bytes: Bytes): Buffer; give(block: Uint8Array): void };

/** Its buffers are shared memory, which the hashing thread reads in place instead of from a copy. */
export function createBlockPool(): BlockPool {
  const free: Buffer[] = [];
  const ours = new WeakMap<ArrayBufferLike, Buffer>();
  return {
    take(bytes) {
      const used = free.findIndex((buffer) => buffer.length === bytes);
      if (used >= 0) return free.splice(used, 1)[0] as Buffer;
      const buffer = Buffer.from(new SharedArrayBuffer(bytes));
      ours.set(buffer.buffer, buffer);
      return buffer;
    },
    give(block) {
      const buffer = ours.get(block.buffer);
      if (buffer) free.push(buffer);
    },
  };
}
