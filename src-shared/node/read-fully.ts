import type { FileHandle } from "node:fs/promises";
import type { Bytes } from "../units.ts";

/** Fills the buffer from this position on; returns less of it at the end of the file. */
export async function readFully(file: FileHandle, buffer: Buffer, position: Bytes): Promise<Buffer> {
  let filled = 0;
  while (filled < buffer.length) {
    const { bytesRead } = await file.read(buffer, filled, buffer.length - filled, position + filled);
    if (bytesRead === 0) break;
    filled += bytesRead;
  }
  return buffer.subarray(0, filled);
}
