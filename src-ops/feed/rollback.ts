import type { Ring } from "../../src-shared/license/index.ts";
import { MAX_REASON_CHARS, MAX_ROLLBACK_FROM } from "../../src-shared/limits.ts";
import { type BuildId, EVERYONE, type Release, type Version } from "../../src-shared/updates/index.ts";
import { compareVersions } from "../../src-shared/versions.ts";
import { type Attempt, fail } from "../failure.ts";
import { activeHalts } from "./documents.ts";
import { type TransactionResult, submitDraft, type FeedTransaction } from "./feed-transaction.ts";
import { draftOf, releaseDocuments, releaseHeader } from "./ring-draft.ts";

export type RollbackOrder = {
  readonly ring: Ring;
  /** The last good build of the ring before the one that it runs, by default. */
  readonly to?: BuildId | undefined;
  /** Why the present build was halted, by default. */
  readonly reason?: string | undefined;
};

/**
 * Returns a ring to a build that it ran before, from every other build that it was ever offered. RING_EMPTY,
 * BUILD_NEVER_OFFERED.
 */
export async function rollBack(
  transaction: FeedTransaction,
  { ring, ...order }: RollbackOrder,
): Promise<Attempt<TransactionResult>> {
  const { feed, now } = transaction;
  const { release: old, offered } = feed.documents.rings[ring];
  if (!old) return fail("RING_EMPTY", `${ring} runs nothing yet: there is nothing to roll back.`);
  const to = order.to ?? lastGoodBuild(transaction, ring, old);
  if (to === undefined) {
    return fail("BUILD_NEVER_OFFERED", `${ring} had no build before ${old.build} that may still run: release a fix.`);
  }
  const reason = order.reason ?? defaultReason(transaction, ring, old.build);
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

/** The newest build before the present one that the ring was offered, and that is neither halted nor retired. */
function lastGoodBuild({ feed }: FeedTransaction, ring: Ring, { build }: Release): BuildId | undefined {
  const { rings, builds, security } = feed.documents;
  const { offered } = rings[ring];
  const halts = activeHalts(feed.documents, ring, feed.keyring.halt.generation);
  const present = builds.get(build)?.version;
  return offered.findLast((id) => {
    const listed = builds.get(id);
    const isOlder = present !== undefined && listed !== undefined && compareVersions(listed.version, present) < 0;
    const isRetired = (listed?.buildEpoch ?? -1) < security.buildFloor || security.revokedBuilds.includes(id);
    return isOlder && !isRetired && !halts.some((halt) => halt.build === id);
  });
}

function defaultReason({ feed }: FeedTransaction, ring: Ring, build: BuildId): string {
  const halts = activeHalts(feed.documents, ring, feed.keyring.halt.generation);
  const why = halts.find((halt) => halt.build === build)?.reason;
  return `Back from ${build}${why ? `: ${why}` : ""}`.slice(0, MAX_REASON_CHARS);
}
