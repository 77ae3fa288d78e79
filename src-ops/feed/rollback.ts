import type { Ring } from "../../src-shared/license/index.ts";
import { MAX_ROLLBACK_FROM } from "../../src-shared/limits.ts";
import { type BuildId, EVERYONE, type Release, type Version } from "../../src-shared/updates/index.ts";
import { type Attempt, fail } from "../failure.ts";
import { type TransactionResult, submitDraft, type FeedTransaction } from "./feed-transaction.ts";
import { draftOf, releaseDocuments, releaseHeader } from "./ring-draft.ts";

/** Returns a ring to a build that it ran before, from every other build that it was ever offered. RING_EMPTY. */
export async function rollBack(
  transaction: FeedTransaction,
  ring: Ring,
  to: BuildId,
  reason: string,
): Promise<Attempt<TransactionResult>> {
  const { feed, now } = transaction;
  const { release: old, offered } = feed.documents.rings[ring];
  if (!old) return fail("RING_EMPTY", `${ring} runs nothing yet: there is nothing to roll back.`);
  // The oldest builds are left out.
  const from = offered.filter((build) => build !== to).slice(-MAX_ROLLBACK_FROM);
  if (from.length === 0) {
    return fail("BUILD_NEVER_OFFERED", `${ring} never had a build other than ${to}: there is nothing to roll back.`);
  }
  const release: Release = {
    ...releaseHeader(feed, ring, now),
    kind: "rollback",
    build: to,
    from,
    fallback: null,
    basisPoints: EVERYONE,
    critical: true,
    minSource: "0.0.0" as Version,
    reason,
    verdictHash: null,
    policyHash: null,
    flags: old.flags,
    promotion: { at: now, overrides: [] },
  };
  return submitDraft(transaction, draftOf(feed, `rollback of ${ring} to ${to}`, releaseDocuments(feed, release), now));
}
