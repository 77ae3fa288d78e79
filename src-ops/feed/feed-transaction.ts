import { join } from "node:path";
import { ok } from "../../src-shared/result.ts";
import { type RingTargets, type PolicyFile, readPolicy } from "../gates/index.ts";
import type { Attempt } from "../failure.ts";
import { bundlesIn, type FeedSigner, openFeedKeys, withLockFile } from "../keys/index.ts";
import { awaitedFrom, type AwaitedSignatures } from "./awaited.ts";
import { type Draft, type MissingSignatures, missingFrom, signDraft } from "./draft.ts";
import { finishCommit } from "./journal.ts";
import { judgeChange, type JudgedChange } from "./judge-change.ts";
import { judgeLicenses } from "./license-floor.ts";
import { type Feed, loadFeed } from "./load-feed.ts";
import { dropPending, keepPending, listPending } from "./pending.ts";
import { rebaseAfterPublishing, rebasePending, type WaitingChange } from "./rebase-pending.ts";
import { lockPath, PUBLIC_KEYS } from "./feed-paths.ts";
import { publish, versionsOf } from "./publish.ts";
import { readRingTargets } from "./ring-targets.ts";
import { warningsOn } from "./rules.ts";
import { readSigners } from "./signers.ts";
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
  /** Whose signatures it lacks. */
  readonly awaited: readonly AwaitedSignatures[];
  /** Other changes that it has overtaken. */
  readonly waiting: readonly WaitingChange[];
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
  return withFeedLock(repo, async () => {
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

/** Runs `work` while nothing else changes the feed, after completing a publication that a crash interrupted. */
export function withFeedLock<T>(repo: string, work: () => Promise<Attempt<T>>): Promise<Attempt<T>> {
  return withLockFile(lockPath(repo), async () => {
    const finished = await finishCommit(repo);
    return finished.ok ? work() : finished;
  });
}

/**
 * Judges a change, signs it with the available keys, and publishes it or keeps it until others have signed it.
 *
 * @param accepted called between judging and signing; what it refuses is not signed
 */
export async function submitDraft(
  transaction: FeedTransaction,
  draft: Draft,
  accepted?: () => Promise<Attempt<unknown>>,
): Promise<Attempt<TransactionResult>> {
  const judged = await judgeForPublishing(transaction, draft);
  if (!judged.ok) return judged;
  const noted = await accepted?.();
  if (noted?.ok === false) return noted;
  const { before, after } = judged.value.step.keyrings;
  signDraft(draft, transaction.signers, [before, after]);
  return publishOrKeep(transaction, draft, judged.value);
}

/** Judges a change with everything that the publisher knows. The codes of `judgeChange` and `judgeLicenses`. */
export async function judgeForPublishing(transaction: FeedTransaction, draft: Draft): Promise<Attempt<JudgedChange>> {
  const judged = await judgeChange(transaction.feed, draft, transaction.now, transaction);
  if (!judged.ok) return judged;
  const licensed = await judgeLicenses(judged.value.step, transaction.keys, transaction.now);
  return licensed.ok ? judged : licensed;
}

/** Publishes a judged change if it has all its signatures, or keeps it. The server's keys sign that it is the newest. */
export async function publishOrKeep(
  transaction: FeedTransaction,
  draft: Draft,
  { after, step }: JudgedChange,
): Promise<Attempt<TransactionResult>> {
  const { feed, signers, ringTargets, now } = transaction;
  const { folder } = feed;
  const unsigned = missingFrom(draft, step.keyrings.before, step.keyrings.after);
  const missing =
    unsigned.length > 0
      ? ok(unsigned)
      : await publish({ folder, before: feed, draft, after, ringTargets }, signers, now);
  if (!missing.ok) return missing;
  const common = {
    summary: draft.summary,
    versions: versionsOf(after.roles),
    warnings: warningsOn(step),
    developmentKeys: feed.dev,
  };
  if (missing.value.length > 0) {
    const pending = await keepPending(folder, draft);
    const known = await readSigners(folder);
    const awaited = awaitedFrom(draft, step.keyrings.before, step.keyrings.after, known.ok ? known.value : []);
    return ok({ ...common, published: false, pending, missing: missing.value, awaited, waiting: [] });
  }
  await dropPending(folder, draft);
  const { waiting, warnings } = await rebaseAfterPublishing(() => rebaseOthers(transaction));
  await sweepFeed(folder, feed.snapshot.signed.version + 1, now);
  return ok({
    ...common,
    warnings: [...common.warnings, ...warnings],
    published: true,
    pending: undefined,
    missing: [],
    awaited: [],
    waiting,
  });
}

async function rebaseOthers(transaction: FeedTransaction): Promise<readonly WaitingChange[]> {
  const { feed, keys, now } = transaction;
  if ((await listPending(feed.folder)).length === 0) return [];
  const published = await loadFeed(feed.folder, join(keys, PUBLIC_KEYS));
  if (!published.ok) return [];
  const present = { ...transaction, feed: published.value };
  return rebasePending(published.value, now, (draft) => judgeForPublishing(present, draft));
}
