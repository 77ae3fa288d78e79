import { createReadStream, createWriteStream } from "node:fs";
import { pipeline } from "node:stream/promises";
import { sealContainer } from "../../src-shared/node/container-writer.ts";
import { testSeed } from "../fakes/test-keys.ts";

export const BENCH_KEY = testSeed("bench key");
export const BENCH_CONTEXT = testSeed("bench context");

/** Seals a file with the bench's fixed key. */
export async function sealForBench(clear: string, sealed: string): Promise<void> {
  const source = createReadStream(clear, { highWaterMark: 1024 * 1024 });
  await pipeline(
    sealContainer(source, BENCH_KEY, testSeed("bench salt").subarray(0, 24), BENCH_CONTEXT),
    createWriteStream(sealed),
  );
}
