import { type FileHandle, open } from "node:fs/promises";
import { join } from "node:path";
import { syncFolder } from "../../src-shared/node/atomic-files.ts";
import type { Bytes } from "../../src-shared/units.ts";

/** The segment that is currently written. */
export type SegmentWriter = {
  readonly name: string;
  /** Appends and syncs. Throws the file system's error: the last line may then be incomplete. */
  readonly append: (lines: Buffer) => Promise<void>;
  readonly close: () => Promise<void>;
};

/** Creates a segment that does not exist yet, and syncs its entry in the folder. Throws the file system's error. */
export async function createSegment(folder: string, name: string): Promise<SegmentWriter> {
  const file = await open(join(folder, name), "ax", 0o600);
  try {
    await syncFolder(folder);
  } catch (error) {
    await file.close();
    throw error;
  }
  return { name, append: (lines) => appendAll(file, lines), close: () => file.close() };
}

async function appendAll(file: FileHandle, lines: Buffer): Promise<void> {
  for (let written: Bytes = 0; written < lines.length;) {
    const { bytesWritten } = await file.write(lines, written);
    written += bytesWritten;
  }
  await file.datasync();
}
