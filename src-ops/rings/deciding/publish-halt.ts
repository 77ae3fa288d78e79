import type { Ring } from "../../../src-shared/license/index.ts";
import type { BuildId } from "../../../src-shared/updates/index.ts";
import type { UnixMs } from "../../../src-shared/units.ts";
import { atFeed, type FeedPlace, haltRing } from "../../feed/index.ts";

// Of a feed's document.
const MOST_REASON = 500;

/** Halts a build in a ring through the feed, by the halt key. Gives the code of why it could not; `undefined`: it is done. */
export async function publishHalt(
  feed: FeedPlace,
  { ring, build, reason }: { readonly ring: Ring; readonly build: BuildId; readonly reason: string },
  now: UnixMs,
): Promise<string | undefined> {
  const words = reason.slice(0, MOST_REASON);
  const halted = await atFeed(feed, Math.floor(now / 1_000), (desk) => haltRing(desk, ring, build, words));
  if (!halted.ok) return halted.error.code;
  return halted.value.published ? undefined : "NOT_SIGNED";
}
