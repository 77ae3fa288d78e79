import { describe, expect, it } from "vitest";
import { PUBLISHED_VECTORS_ABSENT, readPublishedVectors } from "../../vectors/published.ts";
import { type ContainerVectors, runContainerVectors } from "../../vectors/run-container-vectors.ts";

describe("the C2SP vectors for chunked encryption (Cobblestone-256)", () => {
  it("hold through the stream, random access and the writer", async (context) => {
    const vectors = readPublishedVectors("c2sp_chunked_encryption_aes_256_gcm_test.json");
    if (!vectors) return context.skip(PUBLISHED_VECTORS_ABSENT);
    const lines: string[] = [];
    const outcome = await runContainerVectors(vectors as ContainerVectors, (line) => lines.push(line));
    expect(outcome.failures).toEqual([]);
    expect(outcome.cases).toBe(35);
    expect(lines).toHaveLength(outcome.checks);
    // 35 as a stream, 35 by random access, 10 valid ones sealed again, and the keys of all that reach a chunk.
    expect(outcome.checks).toBeGreaterThanOrEqual(35 + 35 + 10);
  });
});
