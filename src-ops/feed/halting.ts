import type { Ring } from "../../src-shared/license/index.ts";
import { ok } from "../../src-shared/result.ts";
import { type BuildId, type Halt, haltPath, type Release } from "../../src-shared/updates/index.ts";
import { type Attempt, fail } from "../failure.ts";
import { type TransactionResult, submitDraft, type FeedTransaction } from "./feed-transaction.ts";
import { activeHalt } from "./documents.ts";
import { fallbackFor } from "./release.ts";
import { firstStage } from "./promotion/index.ts";
import { draftOf, jsonDocument, releaseDocuments, releaseHeader } from "./ring-draft.ts";

/** Halts one build in one ring, by default the build that the ring runs. RING_EMPTY. */
export async function haltRing(
  transaction: FeedTransaction,
  ring: Ring,
  build: BuildId | undefined,
  reason: string,
): Promise<Attempt<TransactionResult>> {
  const { feed, now } = transaction;
  const { release, halt: old } = feed.documents.rings[ring];
  const stopped = build ?? release?.build;
  if (!stopped) return fail("RING_EMPTY", `${ring} runs nothing yet: name a build with --build.`);
  const halt: Halt = { v: 1, ring, seq: (old?.seq ?? 0) + 1, build: stopped, issued: now, reason };
  const documents = new Map([["halt" as const, new Map([[haltPath(ring), jsonDocument(halt)]])]]);
  return submitDraft(transaction, draftOf(feed, `halt of ${stopped} in ${ring}`, documents, now));
}

/** The same, unless the build is already halted there: several callers may ask for the same halt. */
export async function haltRingOnce(
  transaction: FeedTransaction,
  ring: Ring,
  build: BuildId,
  reason: string,
): Promise<Attempt<TransactionResult | "halted already">> {
  const { documents, keyring } = transaction.feed;
  const halt = activeHalt(documents.rings[ring], keyring.halt.generation);
  return halt?.build === build ? ok("halted already") : haltRing(transaction, ring, build, reason);
}

/** Lifts the active halt of a ring with a document of the ring's own keys that names the halt. HALT_UNKNOWN. */
export async function resumeRing(
  transaction: FeedTransaction,
  ring: Ring,
  share: number | undefined,
  reason: string,
): Promise<Attempt<TransactionResult>> {
  const { feed, now } = transaction;
  const { generation } = feed.keyring.halt;
  const halt = activeHalt(feed.documents.rings[ring], generation);
  if (!halt) return fail("HALT_UNKNOWN", `${ring} has no active halt: there is nothing to resume.`);
  const { release: old } = feed.documents.rings[ring];
  const before = old?.build === halt.build && old.kind !== "rollback" ? old : undefined;
  if (!old) return fail("RING_EMPTY", `${ring} runs nothing yet: there is nothing to resume.`);
  const release: Release = {
    ...(before ?? { ...old, critical: false, verdictHash: null, policyHash: null }),
    ...releaseHeader(feed, ring, now),
    kind: "resume",
    build: halt.build,
    from: [],
    fallback: before ? before.fallback : fallbackFor(transaction, ring, halt.build),
    basisPoints: share ?? before?.basisPoints ?? firstStage(ring, transaction.policy.policy),
    reason,
    promotion: { ...before?.promotion, at: now, overrides: before?.promotion?.overrides ?? [] },
    halt: { build: halt.build, generation, seq: halt.seq },
  };
  return submitDraft(transaction, draftOf(feed, `${ring} resumes ${halt.build}`, releaseDocuments(feed, release), now));
}
