import { open } from "node:fs/promises";
import { type Bytes, MIB } from "../../../src-shared/units.ts";
import { readFully } from "../../../src-shared/node/read-fully.ts";

const WINDOW_BYTES = MIB;

/** Reads a file at any position through one window, so that neighbouring reads cost one system call. */
export type FileWindow = {
  readonly size: Bytes;
  /** The bytes at a position; fewer where the file ends. They are valid until the next read. */
  read(position: Bytes, length: Bytes): Promise<Buffer>;
  close(): Promise<void>;
};

export async function openFileWindow(path: string): Promise<FileWindow> {
  const file = await open(path, "r");
  const { size } = await file.stat();
  const window = Buffer.allocUnsafeSlow(WINDOW_BYTES);
  let start: Bytes = 0;
  let filled: Bytes = 0;
  return {
    size,
    async read(position, length) {
      const wanted = Math.max(0, Math.min(length, size - position));
      if (wanted > WINDOW_BYTES) return readFully(file, Buffer.allocUnsafe(wanted), position);
      if (position < start || position + wanted > start + filled) {
        filled = (await readFully(file, window, position)).length;
        start = position;
      }
      return window.subarray(position - start, Math.min(position - start + wanted, filled));
    },
    close: () => file.close(),
  };
}
