import { expect, it } from "vitest";
import { UpdateFixture } from "./update-fixture.ts";

it("a bug in one check ends that check, and the next one finds the update", async () => {
  const fixture = await UpdateFixture.begin();
  const bug = new TypeError("x");
  const { ring } = fixture;
  const updates = await fixture.start();
  Object.defineProperty(fixture, "ring", {
    configurable: true,
    get() {
      throw bug;
    },
  });
  await updates.check("web", "by-hand");
  expect(fixture.failures).toEqual([bug]);
  // Not "checking" for ever: the person can start another check.
  expect(updates.view().now).toEqual({ stage: "idle" });
  Object.defineProperty(fixture, "ring", { value: ring });
  await updates.check("web", "by-hand");
  expect(fixture.failures).toHaveLength(1);
  expect(updates.view().now).toMatchObject({ stage: "ready" });
});
