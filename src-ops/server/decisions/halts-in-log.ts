import type { Ring } from "../../../src-shared/license/index.ts";
import type { HaltOrigin } from "../wording/index.ts";
import type { Assessment } from "./assess.ts";
import type { Audit, Decision } from "./decision-log.ts";
import type { Offer } from "./running-releases.ts";

const KEY_LETTERS = 8;

/** Enough of a key's id to find its owner in `feed status`. */
export function shortKeyId(id: string): string {
  return id.slice(0, KEY_LETTERS);
}

function isHalt(decision: Decision): boolean {
  return (
    decision.kind === "halt" ||
    decision.kind === "halt-by-hand" ||
    (decision.kind === "signed" && decision.action === "halt")
  );
}

/** Who halted a build in a ring, and why, according to the log. */
export function haltOriginOf({ decisions }: Audit, ring: Ring, build: string): HaltOrigin | undefined {
  const isAbout = (decision: { readonly ring: Ring; readonly build: string }) =>
    decision.ring === ring && decision.build === build;
  const last = decisions.findLast(({ decision }) => isHalt(decision) && isAbout(decision))?.decision;
  if (last?.kind === "signed") return { keys: last.keys.map(shortKeyId), reason: last.reason };
  if (last?.kind === "halt-by-hand") return { by: last.by, reason: last.reason };
  if (last?.kind !== "halt") return undefined;
  return last.after ? { after: last.after } : { reason: last.reason };
}

/** Who still gets a build although it is, or has to be, halted in this ring; `undefined` if nobody does. */
export function haltProblemOf(
  { ring, build, halt, isHalted, offers, offeredIn, unfinishedHalts }: Assessment,
  { decisions }: Audit,
): { readonly offers: readonly Offer[]; readonly code: string | undefined } | undefined {
  const isOurs = halt && !isHalted;
  const rings = new Set([...(isOurs ? [ring, ...offeredIn] : []), ...unfinishedHalts.flatMap((one) => one.rings)]);
  if (rings.size === 0) return undefined;
  const builds = new Set([build, ...unfinishedHalts.map((one) => one.build)]);
  const last = decisions.findLast(
    ({ decision }) =>
      decision.kind.startsWith("halt") && rings.has(decision.ring) && builds.has(decision.build as never),
  )?.decision;
  const code = last?.kind === "halt-failed" ? last.code : undefined;
  // The first evaluation that finds a reason to halt publishes it itself: only a failure is a problem.
  if (code === undefined && unfinishedHalts.length === 0) return undefined;
  return { offers: offers.filter((offer) => rings.has(offer.ring)), code };
}
