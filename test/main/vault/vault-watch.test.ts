import { expect, it } from "vitest";
import { watchVaults } from "../../../src-main/vault/index.ts";

it("goes on after a scan that failed", async () => {
  const failures: unknown[] = [];
  const bug = new TypeError("x");
  const ending = new AbortController();
  let scans = 0;
  await new Promise<void>((resolve) => {
    const onScan = async () => {
      if (++scans === 1) throw bug;
      resolve();
    };
    watchVaults(
      async () => [],
      [],
      onScan,
      (thrown) => failures.push(thrown),
      ending.signal,
    );
  });
  ending.abort();
  expect(failures).toEqual([bug]);
  expect(scans).toBe(2);
});
