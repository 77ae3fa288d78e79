import type { RingDetails, UpdateOutcome } from "../../src-shared/ipc/index.ts";
import type { Feed, UpdateDecision } from "../../src-shared/updates/index.ts";

export type Installation = Extract<UpdateDecision, { kind: "install" }>;

/** What a person is told if nothing is installed, with the text of the publisher. */
export function outcomeOf(
  decision: Exclude<UpdateDecision, { kind: "install" | "refused" }>,
  feed: Feed,
): UpdateOutcome {
  if (decision.kind === "current") return decision;
  const version = decision.build === undefined ? undefined : feed.builds.get(decision.build)?.version;
  const source = decision.reason === "HALTED" ? feed.halt : feed.release;
  return { kind: "hold", reason: decision.reason, version: version ?? null, words: source?.document.reason ?? "" };
}

/** The content of the ring's document, for the staff of the ring. */
export function detailsOf({ release, halt }: Feed, buildFloor: number): RingDetails | null {
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
    buildFloor,
    halted: halt?.document.build ?? null,
  };
}
