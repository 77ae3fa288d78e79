import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, it, onTestFinished } from "vitest";
import { openFileWindow } from "../../../src-ops/packing/source/index.ts";
import { MIB } from "../../../src-shared/units.ts";
import { temporaryFolder } from "../../fakes/temporary-folder.ts";

it("reads any part of a file, smaller or larger than its window, and less at the end", async () => {
  const content = Buffer.from(Uint32Array.from({ length: (3 * MIB) / 4 }, (_, index) => index).buffer);
  const path = join(temporaryFolder(), "film");
  writeFileSync(path, content);
  const file = await openFileWindow(path);
  onTestFinished(() => file.close());
  for (const [position, length] of [
    [0, 8],
    [4, 100],
    [MIB - 2, 10],
    [5, MIB],
    [1, 2 * MIB],
    [3 * MIB - 3, 10],
    [2, 3 * MIB],
    [3 * MIB, 1],
    [9 * MIB, 1],
  ] as const) {
    const expected = content.subarray(position, position + length);
    expect(Buffer.compare(await file.read(position, length), expected), `${position} ${length}`).toBe(0);
  }
});
