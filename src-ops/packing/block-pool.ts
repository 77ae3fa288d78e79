import type { Bytes } from "../../src-shared/units.ts";

/** Reuses large buffers: new ones for every block would use hundreds of megabytes until they are garbage-collected. */
export type BlockPool = { take(bytes: Bytes): Buffer; give(block: Uint8Array): void };

/** The buffers are shared memory, so the hashing thread reads them without a copy. */
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
