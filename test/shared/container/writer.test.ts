import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import { concatBytes } from "../../../src-shared/encoding/bytes.ts";
import { openContainerStream } from "../../fakes/container-stream.ts";
import { sealContainer } from "../../../src-shared/node/container-writer.ts";
import { CONTEXT, KEY, plaintextOf, SALT, sealed } from "./containers.ts";

async function sealBlocks(source: Iterable<Uint8Array>): Promise<Uint8Array> {
  const blocks: Uint8Array[] = [];
  for await (const block of sealContainer(source, KEY, SALT, CONTEXT)) blocks.push(Uint8Array.from(block));
  return concatBytes(...blocks);
}

const clear = plaintextOf(50_000);
const cuts = fc
  .array(fc.nat(clear.length), { maxLength: 8 })
  .map((at) => [0, ...at.toSorted((a, b) => a - b), clear.length]);

describe("sealing", () => {
  it("produces the same container however its source is cut into blocks", async () => {
    const whole = await sealed(clear);
    await fc.assert(
      fc.asyncProperty(cuts, async (at) => {
        const blocks = at.slice(1).map((end, i) => clear.subarray(at[i], end));
        expect(Buffer.from(await sealBlocks(blocks)).equals(whole)).toBe(true);
      }),
      { numRuns: 40 },
    );
  });

  it("does not read a block again whose buffer the source has refilled", async () => {
    function* reusing() {
      const buffer = new Uint8Array(1000);
      for (let at = 0; at < clear.length; at += 1000) {
        buffer.set(clear.subarray(at, at + 1000));
        yield buffer;
      }
    }
    expect(Buffer.from(await sealBlocks(reusing())).equals(await sealed(clear))).toBe(true);
  });
});

describe("opening as a stream", () => {
  it("returns the same bytes however the container is cut into blocks, even with a reused buffer", async () => {
    const container = await sealed(clear);
    function* reusing(size: number) {
      const buffer = new Uint8Array(size);
      for (let at = 0; at < container.length; at += size) {
        const part = container.subarray(at, at + size);
        buffer.set(part);
        yield buffer.subarray(0, part.length);
      }
    }
    for (const size of [7, 56, 57, 16_400, 16_401, 40_000]) {
      const given: Uint8Array[] = [];
      for await (const chunk of openContainerStream(reusing(size), KEY, CONTEXT)) {
        given.push(chunk.ok ? chunk.value : new Uint8Array(0));
      }
      expect(Buffer.concat(given).equals(clear), `${size}`).toBe(true);
    }
  });
});
