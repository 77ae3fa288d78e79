import type { Ring } from "../../src-shared/license/index.ts";
import { ok } from "../../src-shared/result.ts";
import type { BuildId, Halt, HaltReference } from "../../src-shared/updates/index.ts";
import { type Attempt, fail } from "../failure.ts";
import { activeHalts, type FeedDocuments } from "./documents.ts";
import type { Keyring } from "./keyring.ts";
import { onlyLiftsHalts } from "./offer.ts";

/** Two consecutive states of a feed. */
export type States = {
  readonly before: FeedDocuments;
  readonly after: FeedDocuments;
  readonly keyrings: { readonly before: Keyring; readonly after: Keyring };
};

type Verdict = Attempt<undefined>;
const ACCEPTED = ok(undefined);

/**
 * Judges the halts of a ring: they add up. A new document keeps every halt that is in force, with its number; only the
 * ring lifts one (`judgeResumed`), and `targets` all of a stolen key. BUILD_UNKNOWN, COUNTER_FALLS, HALT_DISPLACED.
 */
export function judgeHalts({ before, after, keyrings }: States, ring: Ring): Verdict {
  const [old, next] = [before.rings[ring].halts, after.rings[ring].halts];
  if (!next) return old ? counterNotIncreased(ring) : ACCEPTED;
  const isReplaced = keyrings.after.halt.generation > keyrings.before.halt.generation;
  if (!isReplaced && JSON.stringify(old) === JSON.stringify(next)) return ACCEPTED;
  if (!isReplaced && old && next.seq <= old.seq) return counterNotIncreased(ring);
  const isVoided = (after.security.haltGeneration ?? 1) > keyrings.before.halt.generation;
  const inForce = isVoided ? [] : stillActive({ before, after, keyrings }, ring);
  const displaced = inForce.find((halt) => {
    const kept = next.halts.find(({ build }) => build === halt.build);
    return !kept || (!isReplaced && kept.seq < halt.seq);
  });
  if (displaced) {
    const remedy = `lift it with \`vaultctl feed resume --ring ${ring} --build ${displaced.build}\`, or keep it`;
    return fail("HALT_DISPLACED", `Build ${displaced.build} would no longer be halted in ${ring}: ${remedy}.`);
  }
  for (const halt of next.halts) {
    const isKept = old?.halts.some(({ build, seq }) => build === halt.build && seq === halt.seq) === true;
    if (!isKept && !after.builds.has(halt.build)) {
      return fail("BUILD_UNKNOWN", `No build ${halt.build} is listed in this feed: see \`vaultctl feed status\`.`);
    }
    if (!isKept && halt.seq !== next.seq) return counterNotIncreased(ring);
  }
  return ACCEPTED;
}

// The halts of the published document, as far as the change itself does not lift them or retire their builds.
function stillActive({ before, after, keyrings }: States, ring: Ring): readonly Halt[] {
  const rings = { ...after.rings, [ring]: { ...after.rings[ring], halts: before.rings[ring].halts } };
  return activeHalts({ ...after, rings }, ring, keyrings.before.halt.generation);
}

/**
 * Judges the lifted halts of a ring: each is named exactly as it is. HALT_UNKNOWN. A resume lifts the halt of its build, and
 * so does the first document of a ring. The halt of a build that the ring never had is lifted by a document that offers the
 * same as the one before, so nobody gets the build by that.
 */
export function judgeResumed({ before, after, keyrings }: States, ring: Ring): Verdict {
  const [{ release: old, offered }, next] = [before.rings[ring], after.rings[ring].release];
  if (!next) return ACCEPTED;
  const { generation } = keyrings.before.halt;
  const mayLift = (build: BuildId) => {
    if (build === next.build && (next.kind === "resume" || !old)) return true;
    return old !== undefined && !offered.includes(build) && onlyLiftsHalts(old, next);
  };
  const mayName = [
    ...(old?.resumed ?? []),
    ...activeHalts(before, ring, generation)
      .filter(({ build }) => mayLift(build))
      .map(({ build, seq }) => ({ build, generation, seq })),
  ];
  const foreign = next.resumed?.find((halt) => !mayName.some((known) => isSame(known, halt)));
  if (!foreign) return ACCEPTED;
  return fail("HALT_UNKNOWN", `Build ${foreign.build} has no active halt in ${ring} that this change may lift.`);
}

function isSame(a: HaltReference, b: HaltReference): boolean {
  return a.build === b.build && a.generation === b.generation && a.seq === b.seq;
}

function counterNotIncreased(ring: Ring) {
  return fail(
    "COUNTER_FALLS",
    `The counter of halts/${ring} would not increase: make the change again from the current feed.`,
  );
}
