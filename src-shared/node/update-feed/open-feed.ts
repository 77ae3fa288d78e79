import type { Ring } from "../../license/index.ts";
import type { Result } from "../../result.ts";
import type { FeedError, OpenFeed } from "./read-feed.ts";
import type { TufOptions } from "./tuf-client.ts";

/**
 * Reads what the installations of one ring need from a feed, by the TUF client workflow and our own rules
 * (docs/formats/update-feed.md). The caller closes the feed. tuf-js is loaded by the first call: the app's start does
 * not wait for it.
 */
export async function readFeed(options: TufOptions, ring: Ring): Promise<Result<OpenFeed, FeedError>> {
  const reading = await import("./read-feed.ts");
  return reading.readFeed(options, ring);
}
