import { join } from "node:path";
import { createFeedReader, type FeedLocation, type FeedReader } from "../../feed/index.ts";
import { probeFeed } from "./probe-feed.ts";
import { probeIngest } from "./probe-ingest.ts";
import type { ProbePorts } from "./probing.ts";
import type { UnixMs } from "../../../src-shared/units.ts";

export type Addresses = {
  /** Where computers send their events, without a path. */
  readonly ingestUrl: string;
  /** Where apps read the feed; `undefined`: it is not probed. */
  readonly feedUrl: string | undefined;
};

/** The probes, which reach each target the way a client does. */
export function clientProbes(
  location: FeedLocation,
  { ingestUrl, feedUrl }: Addresses,
  readFeed: FeedReader = createFeedReader(location),
): ProbePorts["probes"] {
  const ingest = (now: UnixMs, signal: AbortSignal) => probeIngest(ingestUrl, now, signal);
  if (feedUrl === undefined) return { ingest };
  return {
    ingest,
    async feed(now, signal) {
      // If the server itself cannot read the feed, the evaluation that follows reports it.
      const feed = await readFeed();
      const anchor = join(location.keys, "public", "feed-root.json");
      return probeFeed({ url: feedUrl, anchor, timestamp: feed.ok ? feed.value.timestampVersion : 0 }, now, signal);
    },
  };
}
