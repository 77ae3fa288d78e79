import { fromUtf8 } from "../../src-shared/encoding/text.ts";
import { writeFileAtomic } from "../../src-shared/node/atomic-files.ts";
import { ok } from "../../src-shared/result.ts";
import type { FeedRole } from "../../src-shared/updates/index.ts";
import { type Attempt, fail } from "../failure.ts";
import { type FeedSigner, openFeedKeys } from "../keys/index.ts";
import { exists } from "../paths.ts";
import { type TransactionResult, submitDraft, type FeedTransaction } from "./feed-transaction.ts";
import { type Draft, partsOf } from "./draft.ts";
import { signAll } from "./metadata.ts";
import { formatPending, mergeSignatures, pendingPath, readPending } from "./pending.ts";

export type SignedPending = {
  readonly summary: string;
  /** The metadata that were signed, with their versions. */
  readonly signed: readonly { readonly role: FeedRole; readonly version: number }[];
  /** The content of the documents, for the signer to check: the summary itself is not trustworthy. */
  readonly documents: readonly { readonly path: string; readonly text: string }[];
};

/** Signs a pending change with a person's own keys, without access to the feed or other keys. NOTHING_TO_SIGN. */
export async function signPending(file: string, bundles: readonly string[]): Promise<Attempt<SignedPending>> {
  const draft = await readPending(file);
  if (!draft.ok) return draft;
  const signers = await openFeedKeys(bundles);
  if (!signers.ok) return signers;
  const signed = signParts(draft.value, signers.value);
  if (signed.length === 0) {
    const roles = partsOf(draft.value).map(({ role }) => role);
    return fail(
      "NOTHING_TO_SIGN",
      `${file} needs keys of ${roles.join(", ")}: none of them is in ${bundles.join(", ")}.`,
    );
  }
  await writeFileAtomic(file, formatPending(draft.value));
  const documents = Array.from(draft.value.documents, ([path, bytes]) => ({ path, text: fromUtf8(bytes) ?? "?" }));
  return ok({ summary: draft.value.summary, signed, documents });
}

/**
 * Imports signatures. The signatures of all copies are combined, and the change is published when they are sufficient.
 */
export async function importPending(transaction: FeedTransaction, file: string): Promise<Attempt<TransactionResult>> {
  const draft = await readPending(file);
  if (!draft.ok) return draft;
  const kept = pendingPath(transaction.feed.folder, draft.value);
  if (await exists(kept)) {
    const other = await readPending(kept);
    if (!other.ok) return other;
    mergeSignatures(draft.value, other.value);
  }
  return submitDraft(transaction, draft.value);
}

function signParts(draft: Draft, signers: readonly FeedSigner[]): SignedPending["signed"] {
  return partsOf(draft).flatMap(({ role, metadata }) => {
    const own = signers.filter((signer) => signer.role === role);
    signAll(metadata, own);
    return own.length > 0 ? [{ role, version: metadata.signed.version }] : [];
  });
}
