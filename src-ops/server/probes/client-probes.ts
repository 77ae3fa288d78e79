import { join } from "node:path";
import { type FeedLocation, feedStatus } from "../../feed/index.ts";
import { probeFeed } from "./probe-feed.ts";
import { probeIngest } from "./probe-ingest.ts";
import type { ProbePorts } from "./probing.ts";
import type { UnixMs } from "../../../src-shared/units.ts";

export type Addresses = {
  /** Where computers send, without a path. */
  readonly ingestUrl: string;
  /** Where apps read the feed; `undefined`: nobody asks for it. */
  readonly feedUrl: string | undefined;
};

/** How each place is asked for as a client asks for it. */
export function clientProbes({ repo, keys }: FeedLocation, { ingestUrl, feedUrl }: Addresses): ProbePorts["probes"] {
  const ingest = (now: UnixMs, signal: AbortSignal) => probeIngest(ingestUrl, now, signal);
  if (feedUrl === undefined) return { ingest };
  return {
    ingest,
    async feed(now, signal) {
      const status = await feedStatus(repo, keys, Math.floor(now / 1_000));
      // What we cannot read ourselves is told by the look that follows.
      const published = status.ok ? status.value.roles.find(({ role }) => role === "timestamp") : undefined;
      const anchor = join(keys, "public", "feed-root.json");
      return probeFeed({ url: feedUrl, anchor, timestamp: published?.version ?? 0 }, now, signal);
    },
  };
}
