import { rm } from "node:fs/promises";
import type { Ring } from "../../../src-shared/license/index.ts";
import type { BuildId } from "../../../src-shared/updates/index.ts";
import type { UnixMs } from "../../../src-shared/units.ts";
import { withFeedTransaction, type FeedLocation, haltRing, haltRingOnce } from "../../feed/index.ts";

// Of a feed's document.
const MOST_REASON = 500;

type Halting = { readonly ring: Ring; readonly build: BuildId; readonly reason: string };

/** Halts a build in a ring through the feed, by the halt key. Gives the code of why it could not; `undefined`: it is done. */
export function publishHalt(feed: FeedLocation, halting: Halting, now: UnixMs): Promise<string | undefined> {
  return publish(feed, halting, now, haltRing);
}

/** The same, of a machine; "halted already": another has seen the need as well, and has done it. */
export function publishHaltOnce(feed: FeedLocation, halting: Halting, now: UnixMs): Promise<string | undefined> {
  return publish(feed, halting, now, haltRingOnce);
}

async function publish(
  feed: FeedLocation,
  { ring, build, reason }: Halting,
  now: UnixMs,
  halt: typeof haltRingOnce,
): Promise<string | undefined> {
  const words = reason.slice(0, MOST_REASON);
  const halted = await withFeedTransaction(feed, Math.floor(now / 1_000), async (transaction) => {
    const asked = await halt(transaction, ring, build, words);
    // It is tried again: a draft of each try would wait for signatures for ever.
    const draft = asked.ok && asked.value !== "halted already" ? asked.value.pending : undefined;
    if (draft !== undefined) await rm(draft, { force: true });
    return asked;
  });
  if (!halted.ok) return halted.error.code;
  if (halted.value === "halted already") return halted.value;
  return halted.value.published ? undefined : "NOT_SIGNED";
}
