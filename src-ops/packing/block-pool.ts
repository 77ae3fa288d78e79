import type { Bytes } from "../../src-shared/units.ts";

/** Reuses large buffers: new ones for every block would use hundreds of megabytes until they are garbage-collected. */
export type BlockPool = { acquire(bytes: Bytes): Buffer; release(block: Uint8Array): void };

/** The buffers are shared memory, so the hashing thread reads them without a copy. */
export function createBlockPool(): BlockPool {
  const free: Buffer[] = [];
  const known = new WeakMap<ArrayBufferLike, Buffer>();
  return {
    acquire(bytes) {
      const used = free.findIndex((buffer) => buffer.length === bytes);
      if (used >= 0) return free.splice(used, 1)[0] as Buffer;
      const buffer = Buffer.from(new SharedArrayBuffer(bytes));
      known.set(buffer.buffer, buffer);
      return buffer;
    },
    release(block) {
      const buffer = known.get(block.buffer);
      if (buffer) free.push(buffer);
    },
  };
}
