import { beforeAll, expect, it } from "vitest";
import { FeedPublisher } from "../e2e/feed-publisher.ts";
import { packStick } from "../e2e/publisher.ts";
import { recordConnections } from "../e2e/recorded-connections.ts";
import { suiteFolder } from "../e2e/suite-folder.ts";

const folder = suiteFolder();
const TWO_MINUTES_MS = 120_000;
let published: ReturnType<typeof packStick>;
let publisher: FeedPublisher;
beforeAll(() => {
  published = packStick(folder(), ["lighthouse.mp4"]);
  publisher = new FeedPublisher(folder(), published.keys);
});

it.each(["unasked", "given"] as const)(
  "connects to our servers alone for two minutes, with consent %s",
  async (consent) => {
    const options = { folder: folder(), published, publisher, forMs: TWO_MINUTES_MS };
    const { targets, sockets, feed, ingest } = await recordConnections({ ...options, name: consent, consent });
    expect([targets, sockets]).toEqual([[], []]);
    expect(feed).toBeGreaterThan(0);
    expect(ingest > 0).toBe(consent === "given");
  },
  240_000,
);
