import { type BuildId, SECURITY_PATH, type SecurityDocument } from "../../src-shared/updates/index.ts";
import { type Attempt, fail } from "../failure.ts";
import { type TransactionResult, submitDraft, type FeedTransaction } from "./feed-transaction.ts";
import { draftOf, jsonDocument } from "./ring-draft.ts";

/** Raises the security floor and revokes builds, permanently and in every ring. BUILD_UNKNOWN, FLOOR_FALLS. */
export async function raiseSecurity(
  transaction: FeedTransaction,
  floor: number | undefined,
  revoke: readonly BuildId[],
): Promise<Attempt<TransactionResult>> {
  const { feed, now } = transaction;
  const { security: old, builds } = feed.documents;
  const unknown = revoke.find((build) => !builds.has(build));
  if (unknown !== undefined) return fail("BUILD_UNKNOWN", `No build ${unknown} is listed in this feed.`);
  const next: SecurityDocument = {
    ...old,
    seq: old.seq + 1,
    buildFloor: floor ?? old.buildFloor,
    revokedBuilds: [...new Set([...old.revokedBuilds, ...revoke])],
  };
  const documents = new Map([["targets" as const, new Map([[SECURITY_PATH, jsonDocument(next)]])]]);
  const summary = `security floor ${next.buildFloor}, ${next.revokedBuilds.length} builds revoked`;
  return submitDraft(transaction, draftOf(feed, summary, documents, now));
}
