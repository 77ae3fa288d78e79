import type { RingDetails, UpdateOutcome } from "../../src-shared/ipc/index.ts";
import type { LedgerHead } from "../../src-shared/ledger/index.ts";
import { type Feed, isHalted, type UpdateDecision } from "../../src-shared/updates/index.ts";

export type Installation = Extract<UpdateDecision, { kind: "install" }>;

/** What a person is told if nothing is installed, with the text of the publisher. */
export function outcomeOf(
  decision: Exclude<UpdateDecision, { kind: "install" | "refused" }>,
  feed: Feed,
): UpdateOutcome {
  if (decision.kind === "current") return decision;
  const version = decision.build === undefined ? undefined : feed.builds.get(decision.build)?.version;
  // A halt that only the ledger remembers comes without words.
  const halt = feed.halts?.document.halts.find(({ build }) => build === decision.build);
  const source = decision.reason === "HALTED" ? halt : feed.release?.document;
  return { kind: "hold", reason: decision.reason, version: version ?? null, words: source?.reason ?? "" };
}

/** The content of the ring's document, for the staff of the ring. */
export function detailsOf(feed: Feed, head: LedgerHead): RingDetails | null {
  const { release } = feed;
  if (!release) return null;
  const { build, kind, basisPoints, issued } = release.document;
  const { generation, sequence } = release.counter;
  return {
    build,
    kind,
    basisPoints,
    issued,
    generation,
    seq: sequence,
    buildFloor: head.buildFloor,
    halted: isHalted(feed, head, build) ? build : null,
  };
}
