import { join } from "node:path";
import { writeFileAtomic } from "../../src-shared/node/atomic-files.ts";
import { ok } from "../../src-shared/result.ts";
import type { FeedRole } from "../../src-shared/updates/index.ts";
import type { UnixSeconds } from "../../src-shared/units.ts";
import { type Attempt, fail } from "../failure.ts";
import { type FeedSigner, openFeedKeys } from "../keys/index.ts";
import { isInside } from "../paths.ts";
import { type ChangeDifference, differenceOf } from "./change-difference.ts";
import { addSignatures, type Draft, partsOf, signDraft } from "./draft.ts";
import { COMPILED_ROOTS, PUBLIC_KEYS } from "./feed-paths.ts";
import { judgeForPublishing, publishOrKeep, type TransactionResult, type FeedTransaction } from "./feed-transaction.ts";
import { judgeChange } from "./judge-change.ts";
import type { Keyring } from "./keyring.ts";
import { type Feed, loadFeed } from "./load-feed.ts";
import { type PendingChange, pendingChanges } from "./pending-status.ts";
import { findOwnDraft, formatPending, readPending } from "./pending.ts";

/** The roles that a person signs only by naming them, because their keys decide about all others. */
export const NAMED_ROLES = ["root", "targets"] as const;
export type NamedRole = (typeof NAMED_ROLES)[number];

export type SigningOrder = {
  readonly file: string;
  readonly bundles: readonly string[];
  /** The feed that the change is compared with, or a copy of it. */
  readonly repo: string | undefined;
  /** The folder with the first root of the feed; the roots that are compiled in by default. */
  readonly trust: string | undefined;
  /** The publisher's key folder, which has that root too. */
  readonly keys: string | undefined;
  readonly named: readonly NamedRole[];
};

export type SignedPending = {
  readonly summary: string;
  /** The metadata that were signed, with their versions. */
  readonly signed: readonly { readonly role: FeedRole; readonly version: number }[];
  /** Roles that these keys could sign, but that were not named. */
  readonly notNamed: readonly NamedRole[];
  readonly difference: ChangeDifference;
  readonly documents: ChangeDifference["documents"];
};

/**
 * Signs a pending change with a person's own keys, after that person was shown what it changes in the feed and has agreed.
 * Signs what was shown: the file is not read again. NO_ANCHOR, ANCHOR_ON_STICK, NOTHING_TO_SIGN, NOT_CONFIRMED, and the
 * codes of `loadFeed` and `judgeChange`.
 */
export async function signPending(
  { file, bundles, repo, keys, named, ...order }: SigningOrder,
  now: UnixSeconds,
  confirm: (difference: ChangeDifference, roles: readonly FeedRole[]) => Promise<boolean>,
): Promise<Attempt<SignedPending>> {
  const draft = await readPending(file);
  if (!draft.ok) return draft;
  const feed = await loadForSigning({ repo, trust: order.trust, keys });
  if (!feed.ok) return feed;
  const judged = await judgeChange(feed.value, draft.value, now, undefined);
  if (!judged.ok) return judged;
  const { before, after } = judged.value.step.keyrings;
  const signers = await openFeedKeys(bundles);
  if (!signers.ok) return signers;
  const usable = signersFor(draft.value, signers.value, [before, after]);
  const notNamed = NAMED_ROLES.filter((role) => !named.includes(role) && usable.some((signer) => signer.role === role));
  const chosen = usable.filter(({ role }) => !notNamed.some((name) => name === role));
  if (chosen.length === 0) return nothingToSign(file, draft.value, bundles, notNamed);
  const difference = differenceOf(feed.value, draft.value, judged.value);
  const signing = partsOf(draft.value).flatMap(({ role }) => (chosen.some((one) => one.role === role) ? [role] : []));
  if (!(await confirm(difference, signing))) {
    return fail("NOT_CONFIRMED", `${file} is not signed: confirm the change, or give --yes.`, { difference });
  }
  const roles = signDraft(draft.value, chosen, [before, after]);
  await writeFileAtomic(file, formatPending(draft.value));
  const signed = partsOf(draft.value)
    .filter(({ role }) => roles.includes(role))
    .map(({ role, metadata }) => ({ role, version: metadata.signed.version }));
  return ok({ summary: draft.value.summary, signed, notNamed, difference, documents: difference.documents });
}

async function loadForSigning({
  repo,
  keys,
  ...order
}: Pick<SigningOrder, "repo" | "trust" | "keys">): Promise<Attempt<Feed>> {
  if (repo === undefined) {
    return fail("NO_ANCHOR", "Name the feed, or a copy of it, with --repo: a change is only signed against its feed.");
  }
  const trust = order.trust ?? (keys === undefined ? COMPILED_ROOTS : join(keys, PUBLIC_KEYS));
  if (await isInside(trust, repo)) {
    return fail("ANCHOR_ON_STICK", `${trust} is in the feed itself: use the public keys you got from the publisher.`);
  }
  return loadFeed(repo, trust);
}

/** The changes in the folder of a feed, or of a copy, that lack a signature which these keys can give. */
export async function unsignedChanges(
  order: Pick<SigningOrder, "repo" | "trust" | "keys" | "bundles">,
  now: UnixSeconds,
): Promise<Attempt<readonly Pick<PendingChange, "id" | "file">[]>> {
  const feed = await loadForSigning(order);
  if (!feed.ok) return feed;
  const signers = await openFeedKeys(order.bundles);
  if (!signers.ok) return signers;
  const kids = new Set(signers.value.map(({ kid }) => kid));
  const waiting = await pendingChanges(feed.value, [], now);
  return ok(waiting.filter(({ awaited }) => awaited.some(({ from }) => from.some(({ keyid }) => kids.has(keyid)))));
}

/**
 * Imports the signatures of a copy into the draft that was made here under its id, and publishes the draft when it has all
 * of them. Signs nothing of the draft itself: its owners have made it, and its signers were shown it elsewhere.
 */
export async function importPending(transaction: FeedTransaction, file: string): Promise<Attempt<TransactionResult>> {
  const found = await findOwnDraft(transaction.feed, file);
  if (!found.ok) return found;
  const { own, copy } = found.value;
  const judged = await judgeForPublishing(transaction, own);
  if (!judged.ok) return judged;
  const { before, after } = judged.value.step.keyrings;
  addSignatures(own, copy, [before, after]);
  return publishOrKeep(transaction, own, judged.value);
}

function signersFor(draft: Draft, signers: readonly FeedSigner[], keyrings: readonly Keyring[]): readonly FeedSigner[] {
  const roles = new Set(partsOf(draft).map(({ role }) => role));
  return signers.filter(({ role, kid }) => {
    return roles.has(role) && keyrings.some((keyring) => keyring[role].keys.some(({ keyid }) => keyid === kid));
  });
}

function nothingToSign(file: string, draft: Draft, bundles: readonly string[], notNamed: readonly NamedRole[]) {
  if (notNamed.length > 0) {
    const options = notNamed.map((role) => `--role ${role}`).join(" ");
    return fail(
      "NOTHING_TO_SIGN",
      `${file} changes ${notNamed.join(" and ")}: if you want to sign that, add ${options}.`,
    );
  }
  const roles = partsOf(draft).map(({ role }) => role);
  return fail(
    "NOTHING_TO_SIGN",
    `${file} needs keys of ${roles.join(", ")}: none of them is in ${bundles.join(", ")}.`,
  );
}
