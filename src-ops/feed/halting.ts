import { type Ring, RINGS } from "../../src-shared/license/index.ts";
import { MAX_HALTS } from "../../src-shared/limits.ts";
import { ok } from "../../src-shared/result.ts";
import { type BuildId, type Halt, haltPath, type Halts } from "../../src-shared/updates/index.ts";
import { type Attempt, fail, type FailureCode } from "../failure.ts";
import { type TransactionResult, submitDraft, type FeedTransaction } from "./feed-transaction.ts";
import { activeHalts } from "./documents.ts";
import { fitted } from "./fit-halts.ts";
import { laterRingsOffering } from "./later-rings.ts";
import { draftOf, jsonDocument, type NewDocument } from "./ring-draft.ts";
import { signedStateOf } from "./status.ts";

/** Halts one build in one ring, by default the build that the ring runs. The halts in force stay. RING_EMPTY, HALTS_FULL. */
export async function haltRing(
  transaction: FeedTransaction,
  ring: Ring,
  build: BuildId | undefined,
  reason: string,
): Promise<Attempt<TransactionResult>> {
  const { feed, now } = transaction;
  const stopped = build ?? feed.documents.rings[ring].release?.build;
  if (!stopped) return fail("RING_EMPTY", `${ring} runs nothing yet: name a build with --build.`);
  const halts = withHalt(transaction, ring, stopped, reason);
  if (!halts.ok) return halts;
  const documents = new Map([["halt" as const, new Map([[haltPath(ring), jsonDocument(halts.value)]])]]);
  return submitDraft(transaction, draftOf(feed, `halt of ${stopped} in ${ring}`, documents, now));
}

/**
 * Halts builds in every ring, in one signed step, also in rings that do not have them yet. A halt that is in force in a ring
 * gets the new reason. HALTS_FULL: nothing is halted then.
 */
export async function haltEverywhere(
  transaction: FeedTransaction,
  builds: readonly BuildId[],
  reason: string,
): Promise<Attempt<TransactionResult>> {
  const { feed, now } = transaction;
  const documents = new Map<string, NewDocument>();
  for (const ring of RINGS) {
    const halts = withHalts(transaction, ring, builds, reason);
    if (!halts.ok) return halts;
    documents.set(haltPath(ring), jsonDocument(halts.value));
  }
  const summary = `halt of ${builds.join(", ")} in every ring`;
  return submitDraft(transaction, draftOf(feed, summary, new Map([["halt", documents]]), now));
}

/** What became of a halt in several rings. */
export type ChainResult = {
  /** Published now, for these rings. `undefined`: there was nothing to publish. */
  readonly change: TransactionResult | undefined;
  readonly rings: readonly Ring[];
  /** Rings whose halt could not be added. */
  readonly failed: readonly { readonly ring: Ring; readonly code: FailureCode }[];
};

/**
 * Halts a build in a ring and, in the same signed step, in each later ring that still offers it. If one ring's list of halts
 * is full, the others are halted all the same.
 *
 * @param again whether a halt that is in force in `ring` is replaced, with the new reason
 */
export async function haltChain(
  transaction: FeedTransaction,
  ring: Ring,
  build: BuildId,
  reason: string,
  again: boolean,
): Promise<Attempt<ChainResult>> {
  const { feed, now } = transaction;
  const isActive = activeHaltsOf(transaction, ring).some((halt) => halt.build === build);
  const later = laterRingsOffering(signedStateOf(feed), ring, build);
  const documents = new Map<string, NewDocument>();
  const rings: Ring[] = [];
  const failed: { ring: Ring; code: FailureCode }[] = [];
  for (const name of isActive && !again ? later : [ring, ...later]) {
    const halts = withHalt(transaction, name, build, reason);
    if (!halts.ok) failed.push({ ring: name, code: halts.error.code });
    else {
      rings.push(name);
      documents.set(haltPath(name), jsonDocument(halts.value));
    }
  }
  if (rings.length === 0) return ok({ change: undefined, rings, failed });
  const draft = draftOf(feed, `halt of ${build} in ${rings.join(", ")}`, new Map([["halt", documents]]), now);
  const change = await submitDraft(transaction, draft);
  return change.ok ? ok({ change: change.value, rings, failed }) : change;
}

/** The document of a ring's halts with this one. HALTS_FULL. */
function withHalt(transaction: FeedTransaction, ring: Ring, build: BuildId, reason: string): Attempt<Halts> {
  return withHalts(transaction, ring, [build], reason);
}

function withHalts(
  transaction: FeedTransaction,
  ring: Ring,
  builds: readonly BuildId[],
  reason: string,
): Attempt<Halts> {
  const { feed, now } = transaction;
  const others = activeHaltsOf(transaction, ring).filter((halt) => !builds.includes(halt.build));
  if (others.length + builds.length > MAX_HALTS) {
    const remedy =
      "raise the security floor above them, or replace the halt key with --drop-halts if a thief halted them";
    return fail("HALTS_FULL", `${MAX_HALTS} builds are halted in ${ring}: ${remedy}.`);
  }
  const seq = (feed.documents.rings[ring].halts?.seq ?? 0) + 1;
  return ok(
    fitted({ v: 2, ring, seq, halts: [...others, ...builds.map((build) => ({ build, seq, issued: now, reason }))] }),
  );
}

export function activeHaltsOf({ feed }: FeedTransaction, ring: Ring): readonly Halt[] {
  return activeHalts(feed.documents, ring, feed.keyring.halt.generation);
}
