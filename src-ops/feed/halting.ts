import { utf8 } from "../../src-shared/encoding/text.ts";
import type { Ring } from "../../src-shared/license/index.ts";
import { MAX_HALTS, MAX_RESUMED } from "../../src-shared/limits.ts";
import { ok } from "../../src-shared/result.ts";
import {
  type BuildId,
  type Halt,
  haltPath,
  type Halts,
  MAX_DOCUMENT_BYTES,
  type Release,
} from "../../src-shared/updates/index.ts";
import { type Attempt, fail } from "../failure.ts";
import { type TransactionResult, submitDraft, type FeedTransaction } from "./feed-transaction.ts";
import { activeHalts } from "./documents.ts";
import { fallbackFor } from "./release.ts";
import { firstStage } from "./promotion/index.ts";
import { draftOf, jsonDocument, releaseDocuments, releaseHeader } from "./ring-draft.ts";

/** Halts one build in one ring, by default the build that the ring runs. The halts in force stay. RING_EMPTY, HALTS_FULL. */
export async function haltRing(
  transaction: FeedTransaction,
  ring: Ring,
  build: BuildId | undefined,
  reason: string,
): Promise<Attempt<TransactionResult>> {
  const { feed, now } = transaction;
  const { release, halts: old } = feed.documents.rings[ring];
  const stopped = build ?? release?.build;
  if (!stopped) return fail("RING_EMPTY", `${ring} runs nothing yet: name a build with --build.`);
  const others = activeHaltsOf(transaction, ring).filter((halt) => halt.build !== stopped);
  if (others.length >= MAX_HALTS) {
    const remedy =
      "raise the security floor above them, or replace the halt key with --drop-halts if a thief halted them";
    return fail("HALTS_FULL", `${MAX_HALTS} builds are halted in ${ring}: ${remedy}.`);
  }
  const seq = (old?.seq ?? 0) + 1;
  const halts = fitted({ v: 2, ring, seq, halts: [...others, { build: stopped, seq, issued: now, reason }] });
  const documents = new Map([["halt" as const, new Map([[haltPath(ring), jsonDocument(halts)]])]]);
  return submitDraft(transaction, draftOf(feed, `halt of ${stopped} in ${ring}`, documents, now));
}

/** The same, unless the build is already halted there: several callers may ask for the same halt. */
export async function haltRingOnce(
  transaction: FeedTransaction,
  ring: Ring,
  build: BuildId,
  reason: string,
): Promise<Attempt<TransactionResult | "halted already">> {
  const isActive = activeHaltsOf(transaction, ring).some((halt) => halt.build === build);
  return isActive ? ok("halted already") : haltRing(transaction, ring, build, reason);
}

/** Lifts a halt of a ring with a document of the ring's own keys that names it, by default the halt of the build that the
 * ring runs, or the only one. HALT_UNKNOWN, HALT_AMBIGUOUS, RING_EMPTY.
 */
export async function resumeRing(
  transaction: FeedTransaction,
  ring: Ring,
  { build, basisPoints }: { readonly build?: BuildId | undefined; readonly basisPoints?: number | undefined },
  reason: string,
): Promise<Attempt<TransactionResult>> {
  const { feed, now } = transaction;
  const { release: old } = feed.documents.rings[ring];
  const chosen = chooseHalt(activeHaltsOf(transaction, ring), ring, build, old?.build);
  if (!chosen.ok) return chosen;
  const halt = chosen.value;
  const before = old?.build === halt.build && old.kind !== "rollback" ? old : undefined;
  if (!old) return fail("RING_EMPTY", `${ring} runs nothing yet: there is nothing to resume.`);
  const reference = { build: halt.build, generation: feed.keyring.halt.generation, seq: halt.seq };
  const kept = (old.resumed ?? []).filter((lifted) => lifted.build !== halt.build);
  const release: Release = {
    ...(before ?? { ...old, critical: false, verdictHash: null, policyHash: null }),
    ...releaseHeader(feed, ring, now),
    kind: "resume",
    build: halt.build,
    from: [],
    fallback: before ? before.fallback : fallbackFor(transaction, ring, halt.build),
    basisPoints: basisPoints ?? before?.basisPoints ?? firstStage(ring, transaction.policy.policy),
    reason,
    promotion: { ...before?.promotion, at: now, overrides: before?.promotion?.overrides ?? [] },
    resumed: [...kept, reference].slice(-MAX_RESUMED),
  };
  return submitDraft(transaction, draftOf(feed, `${ring} resumes ${halt.build}`, releaseDocuments(feed, release), now));
}

function activeHaltsOf({ feed }: FeedTransaction, ring: Ring): readonly Halt[] {
  return activeHalts(feed.documents, ring, feed.keyring.halt.generation);
}

function chooseHalt(
  halts: readonly Halt[],
  ring: Ring,
  named: BuildId | undefined,
  running: BuildId | undefined,
): Attempt<Halt> {
  const [first, ...others] = halts;
  const halt = halts.find(({ build }) => build === (named ?? running));
  if (halt) return ok(halt);
  if (first && others.length === 0 && named === undefined) return ok(first);
  if (first && named === undefined) {
    const builds = halts.map(({ build }) => build).join(", ");
    return fail("HALT_AMBIGUOUS", `Several builds are halted in ${ring}: name one with --build (${builds}).`);
  }
  const what = named === undefined ? "no active halt" : `no active halt of ${named}`;
  return fail("HALT_UNKNOWN", `${ring} has ${what}: there is nothing to resume.`);
}

/** A document that its readers accept: if it is too long, the oldest reasons are left out, and never a halt. */
export function fitted(document: Halts): Halts {
  const halts = [...document.halts];
  for (const [i, halt] of halts.entries()) {
    if (utf8(JSON.stringify({ ...document, halts })).length <= MAX_DOCUMENT_BYTES) break;
    halts[i] = { ...halt, reason: "" };
  }
  return { ...document, halts };
}
