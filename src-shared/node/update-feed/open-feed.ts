import type { Ring } from "../../license/index.ts";
import type { Result } from "../../result.ts";
import type { FeedError, OpenFeed } from "./read-feed.ts";
import type { TufOptions } from "./tuf-client.ts";

/**
 * Reads what one ring's installs need of a feed, by the TUF client workflow and by the rules of ours
 * (docs/formats/update-feed.md). Whoever gets a feed closes it.
 *
 * tuf-js is loaded by the first call: the app's start does not wait for it.
 */
export async function readFeed(options: TufOptions, ring: Ring): Promise<Result<OpenFeed, FeedError>> {
  const reading = await import("./read-feed.ts");
  return reading.readFeed(options, ring);
}
