import { expect, it } from "vitest";
import { FeedPublisher } from "../e2e/feed-publisher.ts";
import { packStick } from "../e2e/publisher.ts";
import { recordConnections } from "../e2e/recorded-connections.ts";
import { suiteFolder } from "../e2e/suite-folder.ts";

const folder = suiteFolder();

// Two minutes of each: `npm run long -- quiet-network`.
it("connects to our feed alone before consent, and to our ingest as well after it", async () => {
  const published = packStick(folder(), ["lighthouse.mp4"]);
  const publisher = new FeedPublisher(folder(), published.keys);
  // Chromium's own requests come within seconds of the start.
  const options = { folder: folder(), published, publisher, forMs: 12_000 };
  const first = await recordConnections({ ...options, name: "first", consent: "unasked" });
  const next = await recordConnections({ ...options, name: "next", consent: "given" });
  for (const { targets, sockets, feed } of [first, next]) {
    expect([targets, sockets]).toEqual([[], []]);
    expect(feed).toBeGreaterThan(0);
  }
  expect(first.ingest).toBe(0);
  expect(next.ingest).toBeGreaterThan(0);
}, 150_000);
