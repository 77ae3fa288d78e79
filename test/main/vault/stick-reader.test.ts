import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { createStickReader, examineStick } from "../../../src-main/vault/index.ts";
import { projectRoot } from "../../../build/electron-runtime.ts";
import { MIB } from "../../../src-shared/units.ts";
import { writeForgedManifests } from "../../fakes/hostile-stick.ts";
import { ROOTS } from "../../fakes/issuer.ts";
import { temporaryFolder } from "../../fakes/temporary-folder.ts";
import { writeTestVault } from "../../fakes/test-vault.ts";

const WORKER = join(projectRoot, "src-main", "vault", "stick-worker.ts");

function fails(thrown: unknown): void {
  throw new Error("the thread failed", { cause: thrown });
}

function workerWith(script: string): string {
  const file = join(temporaryFolder(), "worker.mjs");
  writeFileSync(file, script);
  return file;
}

describe("a stick that is read in a thread of its own", () => {
  it("gives the same as reading it here: a vault, no vault, a forged vault", async () => {
    const [good, empty, forged] = [temporaryFolder(), temporaryFolder(), temporaryFolder()];
    await writeTestVault(good, []);
    writeForgedManifests(forged, 2, 1_000);
    const reader = createStickReader(WORKER, fails);
    for (const root of [good, empty, forged]) {
      const here = await examineStick(root, ROOTS);
      expect(structuredClone(await reader.examine(root, ROOTS))).toEqual(structuredClone(here));
    }
    expect(await reader.examine(good, ROOTS)).toMatchObject({ vault: { ok: true } });
    expect(await reader.examine(forged, ROOTS)).toEqual({
      vault: { ok: false, error: "UNTRUSTED" },
      refused: expect.any(String),
    });
  });

  it("leaves this thread free while it checks what takes long", async () => {
    const root = temporaryFolder();
    writeForgedManifests(root, 3, 8 * MIB);
    const began = performance.now();
    const stop = watchPauses();
    await createStickReader(WORKER, fails).examine(root, ROOTS);
    // Each of the three takes a third of the time, or more, wherever it is checked.
    expect(stop()).toBeLessThan((performance.now() - began) / 4);
  });

  it.each([
    ["never answers", "setInterval(() => undefined, 1_000);", 0, 300],
    ["loops without end", "for (;;);", 0, 300],
    ["ends without an answer", "process.exit(0);", 0, 60_000],
    ["throws", "throw new RangeError('bug');", 1, 60_000],
  ])("is refused when the thread %s", async (_how, script, failures, limitMs) => {
    const thrown: unknown[] = [];
    const reader = createStickReader(workerWith(script), (error) => thrown.push(error), limitMs);
    expect(await reader.examine("/nowhere", ROOTS)).toEqual({
      vault: { ok: false, error: "UNTRUSTED" },
      refused: undefined,
    });
    expect(thrown).toHaveLength(failures);
  });
});

/** Measures until the returned function is called; that gives the longest time in which this thread did nothing else. */
function watchPauses(): () => number {
  let [longest, last] = [0, performance.now()];
  const timer = setInterval(() => {
    const now = performance.now();
    longest = Math.max(longest, now - last);
    last = now;
  }, 5);
  return () => {
    clearInterval(timer);
    return longest;
  };
}
