import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, it, onTestFinished } from "vitest";
import { createMediaReader } from "../../../src-main/playback/index.ts";
import { temporaryFolder } from "../../fakes/temporary-folder.ts";

const FILE = { parts: [], key: new Uint8Array(32), context: new Uint8Array() };

it("passes on the error that ended the worker, and starts another one for the next file", async () => {
  const script = join(temporaryFolder(), "worker.mjs");
  writeFileSync(
    script,
    `import { parentPort } from "node:worker_threads";
     async function serve() { throw new RangeError("bug"); }
     parentPort.on("message", () => void serve());`,
  );
  const failures: unknown[] = [];
  const reader = createMediaReader(script, (thrown) => failures.push(thrown));
  onTestFinished(reader.stop);
  expect(await reader.open(FILE)).toEqual({ ok: false, error: "GONE" });
  expect(failures).toEqual([expect.any(RangeError)]);
  expect(await reader.open(FILE)).toEqual({ ok: false, error: "GONE" });
  expect(failures).toHaveLength(2);
});
