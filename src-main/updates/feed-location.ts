import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import type { HttpClient } from "../../src-shared/node/http-client.ts";
import { type FeedSource, openFolderSource, openWebSource } from "../../src-shared/node/update-feed/index.ts";

/** The path of the feed's first root in a folder of public keys. */
const FEED_ROOT_FILE = "feed-root.json";
const STICK_FOLDER = "UPDATES";

export type FeedLocationOptions = {
  readonly compiled: { readonly url: string; readonly root: string } | null;
  /** `--trust DIR` and `--feed URL`. */
  readonly overrides: { readonly trust: string | undefined; readonly feed: string | undefined };
  readonly release: boolean;
  readonly http: HttpClient;
};

export type FeedLocation = { readonly anchor: Uint8Array; readonly web: FeedSource | undefined };

/**
 * The feed of this build: its anchor and its address. A release build accepts only the compiled ones; development
 * builds may name others, over plain http only on the loopback. `undefined`: this build has no feed.
 */
export function feedLocationOf({ compiled, overrides, release, http }: FeedLocationOptions): FeedLocation | undefined {
  const { trust, feed } = release ? { trust: undefined, feed: undefined } : overrides;
  const anchor = trust === undefined ? compiled && Buffer.from(compiled.root) : readAnchor(trust);
  if (!anchor) return undefined;
  const url = (feed ?? compiled?.url ?? "").replace(/\/$/, "");
  const addresses = { metadataUrl: `${url}/metadata`, targetsUrl: `${url}/targets` };
  const web = openWebSource({ ...addresses, isLoopbackAllowed: !release, http });
  return { anchor, web: web.ok ? web.value : undefined };
}

/** The feed on a stick, if it has one. */
export function stickFeedOf(root: string | undefined): FeedSource | undefined {
  if (root === undefined) return undefined;
  const folder = join(root, STICK_FOLDER);
  return existsSync(join(folder, "metadata", "timestamp.json")) ? openFolderSource(folder) : undefined;
}

function readAnchor(folder: string): Buffer | undefined {
  const path = join(folder, FEED_ROOT_FILE);
  return existsSync(path) ? readFileSync(path) : undefined;
}
