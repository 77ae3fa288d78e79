import { type Ring, RINGS } from "../../src-shared/license/index.ts";
import { ok } from "../../src-shared/result.ts";
import type { BuildId, Halt, HaltReference, Release } from "../../src-shared/updates/index.ts";
import { type Attempt, fail } from "../failure.ts";
import { type TransactionResult, submitDraft, type FeedTransaction } from "./feed-transaction.ts";
import { activeHaltsOf } from "./halting.ts";
import { resumedWith } from "./offer.ts";
import { firstStage } from "./promotion/index.ts";
import { fallbackFor } from "./release.ts";
import { draftOf, releaseDocuments, releaseHeader } from "./ring-draft.ts";

/**
 * Lifts a halt of a ring with a document of the ring's own keys that names it, by default the halt of the build that the ring
 * runs, or the only one. A ring that had the build gets it again; one that never had it goes on with what it runs.
 * HALT_UNKNOWN, HALT_AMBIGUOUS, RING_EMPTY.
 */
export async function resumeRing(
  transaction: FeedTransaction,
  ring: Ring,
  { build, basisPoints }: { readonly build?: BuildId | undefined; readonly basisPoints?: number | undefined },
  reason: string,
): Promise<Attempt<TransactionResult>> {
  const { feed, now } = transaction;
  const { release: old, offered } = feed.documents.rings[ring];
  const chosen = chooseHalt(activeHaltsOf(transaction, ring), ring, build, old?.build);
  if (!chosen.ok) return chosen;
  const halt = chosen.value;
  if (!old) return fail("RING_EMPTY", liftedByFirstRelease([ring], halt.build));
  const reference = { build: halt.build, generation: feed.keyring.halt.generation, seq: halt.seq };
  const isNew = !offered.includes(halt.build);
  if (isNew && basisPoints !== undefined)
    return fail(
      "USAGE",
      `${ring} never had ${halt.build}: leave out --basis-points, nobody there gets it by a resume.`,
    );
  if (isNew) return liftHalt(transaction, old, reference, reason);
  const before = old.build === halt.build && old.kind !== "rollback" ? old : undefined;
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
    resumed: [...resumedWith(old, reference)],
  };
  return submitDraft(transaction, draftOf(feed, `${ring} resumes ${halt.build}`, releaseDocuments(feed, release), now));
}

/** The same document of the ring, which lifts the halt of a build that it never had. */
function liftHalt(
  transaction: FeedTransaction,
  old: Release,
  halt: HaltReference,
  reason: string,
): Promise<Attempt<TransactionResult>> {
  const { feed, now } = transaction;
  const { ring } = old;
  const release: Release = { ...old, ...releaseHeader(feed, ring, now), reason, resumed: [...resumedWith(old, halt)] };
  const summary = `the halt of ${halt.build} in ${ring} is lifted`;
  return submitDraft(transaction, draftOf(feed, summary, releaseDocuments(feed, release), now));
}

/** The rings in which a build is halted: those that can lift it, and those that run nothing yet. */
export function ringsHalting(
  transaction: FeedTransaction,
  build: BuildId,
): { readonly resumable: readonly Ring[]; readonly empty: readonly Ring[] } {
  const halting = RINGS.filter((ring) => activeHaltsOf(transaction, ring).some((halt) => halt.build === build));
  const isEmpty = (ring: Ring) => transaction.feed.documents.rings[ring].release === undefined;
  return { resumable: halting.filter((ring) => !isEmpty(ring)), empty: halting.filter(isEmpty) };
}

/** What to do about halts that no document can lift yet. */
export function liftedByFirstRelease(rings: readonly Ring[], build: BuildId): string {
  const [run, their] = rings.length === 1 ? ["runs", "Its"] : ["run", "Their"];
  const how = "add --lift-halt to that `vaultctl feed release` or `vaultctl feed promote`";
  return `${rings.join(" and ")} ${run} nothing yet. ${their} first release can lift the halt of ${build}: ${how}.`;
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
