import { expect, it } from "vitest";
import { expiriesOf } from "../../../src-ops/server/index.ts";
import { DAY, HOUR } from "../../../src-shared/units.ts";
import { NOW, openFeedFixture } from "../feed/support/feed-fixture.ts";

it("tells the roles of the feed in the last fifth of their lifetime, and those that have ended", async () => {
  const { repo, keys } = await openFeedFixture();
  const at = async (seconds: number) => {
    const found = await expiriesOf({ repo, keys, personKeys: [] }, NOW + seconds);
    if (!found.ok) throw new Error(found.error.message);
    return found.value.map((one) => (one.kind === "role" ? one.role : one.kind)).toSorted();
  };
  expect(await at(0)).toEqual([]);
  expect(await at(1.5 * DAY)).toEqual([]);
  expect(await at(2 * DAY - 9 * HOUR)).toEqual(["timestamp"]);
  expect(await at(12 * DAY)).toEqual(["snapshot", "timestamp"]);
  expect(await at(73 * DAY)).toEqual(["halt", "lists", "snapshot", "timestamp"]);
  expect(await at(300 * DAY)).toEqual([
    "builds",
    "ga",
    "halt",
    "lists",
    "ring0",
    "ring1",
    "root",
    "snapshot",
    "targets",
    "timestamp",
  ]);
});
