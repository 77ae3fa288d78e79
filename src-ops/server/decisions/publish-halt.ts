import { rm } from "node:fs/promises";
import type { Ring } from "../../../src-shared/license/index.ts";
import { MAX_REASON_CHARS } from "../../../src-shared/limits.ts";
import { ok } from "../../../src-shared/result.ts";
import type { BuildId } from "../../../src-shared/updates/index.ts";
import type { UnixMs } from "../../../src-shared/units.ts";
import type { Attempt } from "../../failure.ts";
import { type FeedLocation, haltChain, withFeedTransaction } from "../../feed/index.ts";

type Halting = { readonly ring: Ring; readonly build: BuildId; readonly reason: string };

/** In which rings a build was halted now, and in which it could not be halted, each with the error code. */
export type HaltResult = {
  readonly halted: readonly Ring[];
  readonly failed: readonly { readonly ring: Ring; readonly code: string }[];
};

/**
 * Halts a build in a ring and in each later ring that offers it, through the feed, with the halt key. A halt that is already
 * in force in `ring` gets the new reason.
 */
export function publishHalt(feed: FeedLocation, halting: Halting, now: UnixMs): Promise<HaltResult> {
  return publish(feed, halting, now, true);
}

/** The same, for the automatic watch: what is halted already, perhaps by another server, is left as it is. */
export function publishHaltOnce(feed: FeedLocation, halting: Halting, now: UnixMs): Promise<HaltResult> {
  return publish(feed, halting, now, false);
}

async function publish(
  feed: FeedLocation,
  { ring, build, reason }: Halting,
  now: UnixMs,
  again: boolean,
): Promise<HaltResult> {
  const publicReason = reason.slice(0, MAX_REASON_CHARS);
  const result = await withFeedTransaction(
    feed,
    Math.floor(now / 1_000),
    async (transaction): Promise<Attempt<HaltResult>> => {
      const outcome = await haltChain(transaction, ring, build, publicReason, again);
      if (!outcome.ok) return outcome;
      const { change, rings, failed } = outcome.value;
      if (!change || change.published) return ok({ halted: rings, failed });
      // The halt is tried again at the next evaluation, so the draft of this try is removed: nobody would ever sign it.
      if (change.pending !== undefined) await rm(change.pending, { force: true });
      return ok({ halted: [], failed: [...failed, ...rings.map((name) => ({ ring: name, code: "NOT_SIGNED" }))] });
    },
  );
  return result.ok ? result.value : { halted: [], failed: [{ ring, code: result.error.code }] };
}
