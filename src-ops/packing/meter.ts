import type { Bytes } from "../../src-shared/units.ts";
import type { Progress } from "../job.ts";

/** Counts the bytes of all files of a job and shows the progress. A file that is started again counts once. */
export type Meter = { startFile(name: string, bytes: Bytes): void; add(bytes: Bytes): void; endFile(): void };

export function createMeter(progress: Progress, allBytes: Bytes): Meter {
  let name = "";
  let fileBytes: Bytes = 0;
  let fileDone: Bytes = 0;
  let finished: Bytes = 0;
  return {
    startFile(nextName, bytes) {
      name = nextName;
      fileBytes = bytes;
      fileDone = 0;
    },
    add(bytes) {
      fileDone += bytes;
      progress.show({ name, fileDone, fileBytes, allDone: finished + fileDone, allBytes });
    },
    endFile() {
      finished += fileBytes;
      fileDone = 0;
    },
  };
}

/** Passes blocks on and counts each after the consumer has processed it. */
export async function* metered(blocks: AsyncIterable<Uint8Array>, meter: Meter): AsyncGenerator<Uint8Array> {
  for await (const block of blocks) {
    yield block;
    meter.add(block.length);
  }
}
