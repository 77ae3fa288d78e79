import { join } from "node:path";
import { ok } from "../../src-shared/result.ts";
import { type RingTargets, type PolicyFile, readPolicy } from "../gates/index.ts";
import type { Attempt } from "../failure.ts";
import { bundlesIn, type FeedSigner, openFeedKeys, withLockFile } from "../keys/index.ts";
import { type Draft, applyDraft, type MissingSignatures, missingFrom, requireCurrent, signDraft } from "./draft.ts";
import { finishCommit } from "./journal.ts";
import { judgeLicenses } from "./license-floor.ts";
import { type Feed, loadFeed } from "./load-feed.ts";
import { dropPending, keepPending } from "./pending.ts";
import { lockPath, PUBLIC_KEYS } from "./feed-paths.ts";
import { publish, versionsOf } from "./publish.ts";
import { readRingTargets } from "./ring-targets.ts";
import { judgeStep, type Step, warningsOn } from "./rules.ts";
import { sweepFeed } from "./sweep.ts";
import type { UnixSeconds } from "../../src-shared/units.ts";

/** The location of a feed and its keys. */
export type FeedLocation = {
  readonly repo: string;
  /** The publisher's key folder: the trust anchor, the register, and the bundles that were not moved elsewhere. */
  readonly keys: string;
  /** Bundles in other folders. */
  readonly personKeys: readonly string[];
  /** The policy file that judges promotions; the one that ships by default. */
  readonly policy?: string | undefined;
};

/** Everything that a change of the feed needs, valid while the feed's lock is held. */
export type FeedTransaction = {
  readonly feed: Feed;
  readonly signers: readonly FeedSigner[];
  readonly ringTargets: RingTargets;
  readonly policy: PolicyFile;
  readonly keys: string;
  readonly now: UnixSeconds;
};

/** The result of a change: it is published, or pending until others have signed it. */
export type TransactionResult = {
  readonly summary: string;
  readonly published: boolean;
  readonly versions: Readonly<Record<string, number>>;
  readonly pending: string | undefined;
  readonly missing: readonly MissingSignatures[];
  /** Warnings about an accepted change. */
  readonly warnings: readonly string[];
  readonly developmentKeys: boolean;
};

/**
 * Runs a change under the feed's lock, on the current state, after completing a publication that a crash interrupted.
 */
export function withFeedTransaction<T>(
  { repo, keys, personKeys, policy: policyPath }: FeedLocation,
  now: UnixSeconds,
  work: (transaction: FeedTransaction) => Promise<Attempt<T>>,
): Promise<Attempt<T>> {
  return withLockFile(lockPath(repo), async () => {
    const finished = await finishCommit(repo);
    if (!finished.ok) return finished;
    const feed = await loadFeed(repo, join(keys, PUBLIC_KEYS));
    if (!feed.ok) return feed;
    const policy = await readPolicy(policyPath);
    if (!policy.ok) return policy;
    const ringTargets = await readRingTargets(repo, feed.value.documents.rings);
    if (!ringTargets.ok) return ringTargets;
    const signers = await openFeedKeys([...(await bundlesIn(keys)), ...personKeys]);
    if (!signers.ok) return signers;
    return work({
      feed: feed.value,
      signers: signers.value,
      ringTargets: ringTargets.value,
      policy: policy.value,
      keys,
      now,
    });
  });
}

/** Judges a change, signs it with the available keys, and publishes it or keeps it until others have signed it. */
export async function submitDraft(transaction: FeedTransaction, draft: Draft): Promise<Attempt<TransactionResult>> {
  const { feed, signers, ringTargets, now } = transaction;
  const { folder } = feed;
  const current = requireCurrent(feed, draft);
  if (!current.ok) return current;
  const after = await applyDraft(feed, draft);
  if (!after.ok) return after;
  const keyrings = { before: feed.keyring, after: after.value.keyring };
  const step: Step = { before: feed.documents, after: after.value.documents, keyrings, context: transaction };
  const judged = judgeStep(step);
  if (!judged.ok) return judged;
  const licensed = await judgeLicenses(step, transaction.keys, now);
  if (!licensed.ok) return licensed;
  signDraft(draft, signers, [keyrings.before, keyrings.after]);
  const unsigned = missingFrom(draft, keyrings.before, keyrings.after);
  const missing =
    unsigned.length > 0
      ? ok(unsigned)
      : await publish({ folder, before: feed, draft, after: after.value, ringTargets }, signers, now);
  if (!missing.ok) return missing;
  const common = {
    summary: draft.summary,
    versions: versionsOf(after.value.roles),
    warnings: warningsOn(step),
    developmentKeys: feed.dev,
  };
  if (missing.value.length > 0) {
    const pending = await keepPending(folder, draft);
    return ok({ ...common, published: false, pending, missing: missing.value });
  }
  await dropPending(folder, draft);
  await sweepFeed(folder, feed.snapshot.signed.version + 1, now);
  return ok({ ...common, published: true, pending: undefined, missing: [] });
}
