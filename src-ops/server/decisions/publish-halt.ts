import { rm } from "node:fs/promises";
import type { Ring } from "../../../src-shared/license/index.ts";
import { MAX_REASON_CHARS } from "../../../src-shared/limits.ts";
import type { BuildId } from "../../../src-shared/updates/index.ts";
import type { UnixMs } from "../../../src-shared/units.ts";
import { withFeedTransaction, type FeedLocation, haltRing, haltRingOnce } from "../../feed/index.ts";

type Halting = { readonly ring: Ring; readonly build: BuildId; readonly reason: string };

/** Halts a build in a ring through the feed, with the halt key. Returns `undefined` on success, else the error code. */
export function publishHalt(feed: FeedLocation, halting: Halting, now: UnixMs): Promise<string | undefined> {
  return publish(feed, halting, now, haltRing);
}

/** The same, for the automatic watch. Returns "halted already" if another server has already halted the build. */
export function publishHaltOnce(feed: FeedLocation, halting: Halting, now: UnixMs): Promise<string | undefined> {
  return publish(feed, halting, now, haltRingOnce);
}

async function publish(
  feed: FeedLocation,
  { ring, build, reason }: Halting,
  now: UnixMs,
  halt: typeof haltRingOnce,
): Promise<string | undefined> {
  const publicReason = reason.slice(0, MAX_REASON_CHARS);
  const halted = await withFeedTransaction(feed, Math.floor(now / 1_000), async (transaction) => {
    const outcome = await halt(transaction, ring, build, publicReason);
    // The halt is tried again at the next evaluation, so the draft of this try is removed: nobody would ever sign it.
    const draft = outcome.ok && outcome.value !== "halted already" ? outcome.value.pending : undefined;
    if (draft !== undefined) await rm(draft, { force: true });
    return outcome;
  });
  if (!halted.ok) return halted.error.code;
  if (halted.value === "halted already") return halted.value;
  return halted.value.published ? undefined : "NOT_SIGNED";
}
