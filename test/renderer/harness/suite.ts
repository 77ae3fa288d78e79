import { afterAll, beforeAll } from "vitest";
import { openHarness, type OpenHarness } from "./launch-harness.ts";

/** One window for all tests of a suite; it is opened before the first and closed after the last. */
export function harnessOfSuite(): OpenHarness {
  let opened: OpenHarness | undefined;
  beforeAll(async () => {
    opened = await openHarness();
  });
  afterAll(() => opened?.app.close());
  const open = (): OpenHarness => {
    if (!opened) throw new Error("the window opens before the first test");
    return opened;
  };
  return {
    get app() {
      return open().app;
    },
    get page() {
      return open().page;
    },
    get problems() {
      return open().problems;
    },
    runInHarness: (act, input) => open().runInHarness(act, input),
    callInputs: (name) => open().callInputs(name),
  };
}
