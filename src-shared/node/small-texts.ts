import { open, readdir } from "node:fs/promises";
import type { Bytes } from "../units.ts";
import { codeOf } from "./atomic-files.ts";

/** The files of `/sys` have at most one page; `/proc/self/mountinfo` is longer on a computer with many mounts. */
const MAX_BYTES: Bytes = 1024 * 1024;

/** The text of a file of the kernel, without white space around it. `undefined`: it is not there, or too long. */
export async function textOf(path: string, maxBytes: Bytes = MAX_BYTES): Promise<string | undefined> {
  try {
    const file = await open(path, "r");
    try {
      // Their size is given as zero or as one page, whatever they contain.
      const buffer = Buffer.alloc(4096);
      const parts: Buffer[] = [];
      for (let total = 0; total <= maxBytes;) {
        const { bytesRead } = await file.read(buffer, 0, buffer.length, null);
        if (bytesRead === 0) return Buffer.concat(parts).toString("utf8").trim();
        parts.push(Buffer.from(buffer.subarray(0, bytesRead)));
        total += bytesRead;
      }
      return undefined;
    } finally {
      await file.close();
    }
  } catch (error) {
    if (codeOf(error) === "") throw error;
    return undefined;
  }
}

/** The names in a folder of the kernel; none if it is not there. */
export async function namesIn(folder: string): Promise<string[]> {
  try {
    return await readdir(folder);
  } catch (error) {
    if (codeOf(error) === "") throw error;
    return [];
  }
}
