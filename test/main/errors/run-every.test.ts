import { expect, it } from "vitest";
import { runEvery } from "../../../src-main/errors/index.ts";

it("runs a task again after a run that failed, until the signal ends it", async () => {
  const failures: unknown[] = [];
  const ending = new AbortController();
  const bug = new TypeError("x");
  let runs = 0;
  const done = new Promise<void>((resolve) => {
    const task = async () => {
      if (++runs === 1) throw bug;
      if (runs === 3) resolve();
    };
    runEvery(task, { firstMs: 1, everyMs: 5 }, (thrown) => failures.push(thrown), ending.signal);
  });
  await done;
  ending.abort();
  const ended = runs;
  await new Promise((resolve) => setTimeout(resolve, 30));
  expect(runs).toBe(ended);
  expect(failures).toEqual([bug]);
});
