import { mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { nodeHttpClient } from "../../../src-shared/node/node-http-client.ts";
import { openWebSource, readFeed } from "../../../src-shared/node/update-feed/index.ts";
import type { UnixMs } from "../../../src-shared/units.ts";

export type PublishedFeed = {
  /** The URL from which clients read it. */
  readonly url: string;
  /** The file with the root metadata that clients have. */
  readonly anchor: string;
  /** The version of the last published timestamp. An older copy may lack a halt. */
  readonly timestamp: number;
};

/** Whether clients can read the feed, complete and valid, and at least as new as the last published version. */
export async function probeFeed(
  { url, anchor, timestamp }: PublishedFeed,
  now: UnixMs,
  signal: AbortSignal,
): Promise<boolean> {
  const location = { metadataUrl: `${url}/metadata`, targetsUrl: `${url}/targets`, isLoopbackAllowed: true };
  const source = openWebSource({ ...location, http: nodeHttpClient });
  if (!source.ok) return false;
  const store = await mkdtemp(join(tmpdir(), "uvv-probe-"));
  try {
    const options = {
      store,
      anchor: await readFile(anchor),
      source: source.value,
      now: Math.floor(now / 1_000),
      signal,
    };
    const opened = await readFeed(options, "ga");
    if (!opened.ok) return false;
    await opened.value.close();
    return (opened.value.feed.roles.get("timestamp")?.sequence ?? 0) >= timestamp;
  } finally {
    await rm(store, { recursive: true, force: true });
  }
}
