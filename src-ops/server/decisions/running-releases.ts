import { type Ring, RINGS } from "../../../src-shared/license/index.ts";
import { type RunningRelease, SLOT_MS } from "../../gates/index.ts";
import { laterRingsOffering, type RollbackState, rollbackStateOf, type SignedFeed } from "../../feed/index.ts";
import type { DecisionRepository } from "../store/index.ts";
import { type Audit, auditDecisions, type Decision, logDecision } from "./decision-log.ts";
import type { BuildId, Release } from "../../../src-shared/updates/index.ts";
import type { UnixMs } from "../../../src-shared/units.ts";

/** The release that a ring runs, and whether it is halted. */
export type RingRelease = RunningRelease & {
  readonly buildEpoch: number;
  readonly isHalted: boolean;
  /** From its signed document: the document's number, the share of the machines, and the evidence. */
  readonly signed: Pick<Release, "seq" | "basisPoints" | "verdictHash" | "promotion">;
  /** Present if the build is part of a rollback: then it is not promoted, whatever its gates say. */
  readonly rollback?: RollbackState | undefined;
  /** The later rings that still offer the same build: a halt here has to stop it there too. */
  readonly offeredIn: readonly Ring[];
  /** Builds that are halted in this ring and that later rings still offer. */
  readonly unfinishedHalts: readonly UnfinishedHalt[];
};

export type UnfinishedHalt = { readonly build: BuildId; readonly reason: string; readonly rings: readonly Ring[] };

/** How far a ring's release reaches: its share in percent, and the ring's enrolled computers. */
export type Offer = { readonly ring: Ring; readonly percent: number; readonly computers: number };

type Watch = Extract<Decision, { readonly kind: "watch" }>;

/**
 * The release that each ring runs according to the feed. The exposure continues while the build and its share stay the
 * same: a changed flag is not a new release. It starts again after a halt was undone, with each larger share, and
 * after a backup was restored, because crashes after the backup are unknown.
 */
export function runningReleases(
  { rings, builds }: Pick<SignedFeed, "rings" | "builds">,
  log: Audit,
): readonly RingRelease[] {
  return RINGS.flatMap((ring) => {
    const { release, halts } = rings[ring];
    const listed = builds.find(({ id }) => id === release?.build);
    if (!release || !listed) return [];
    const unfinishedHalts = halts
      .map((halt) => ({
        build: halt.build,
        reason: halt.reason,
        rings: laterRingsOffering({ rings }, ring, halt.build),
      }))
      .filter((halt) => halt.rings.length > 0);
    const { version, buildEpoch } = listed;
    const isHalted = halts.some(({ build }) => build === release.build);
    const { build, seq, basisPoints, verdictHash, promotion } = release;
    const signed = { seq, basisPoints, verdictHash, promotion };
    const offeredIn = laterRingsOffering({ rings }, ring, build);
    const pooled = promotion?.verdict?.exposure ?? null;
    const rollback = rollbackStateOf(rings, ring, build);
    const running = {
      ring,
      build,
      version,
      buildEpoch,
      isHalted,
      signed,
      pooled,
      rollback,
      offeredIn,
      unfinishedHalts,
    };
    const restored = lastRestore(log, ring);
    if (promotion) return [counted(running, Math.max(promotion.at * 1_000, restored), log)];
    // Documents from before `promotion` existed: only the log knows when the exposure began.
    const issued = release.issued * 1_000;
    const logged = lastWatch(log, ring);
    const isSame = logged?.build === release.build && (release.kind !== "resume" || logged.since >= issued);
    const since = Math.max(isSame ? logged.since : issued, restored);
    return [counted(running, since, log)];
  });
}

/**
 * A ring that ran the build before, or whose database was restored, counts only what happened since. Counts are stored for
 * five minutes together: those in which it began hold what happened before too, so they do not count again.
 */
function counted<T extends Pick<RingRelease, "ring" | "build">>(running: T, since: UnixMs, log: Audit) {
  const ranBefore = log.decisions.some(
    ({ decision }) =>
      decision.kind === "watch" &&
      decision.ring === running.ring &&
      decision.build === running.build &&
      decision.since < since,
  );
  const isAgain = ranBefore || lastRestore(log, running.ring) > 0;
  return { ...running, since, countsFrom: isAgain ? Math.ceil(since / SLOT_MS) * SLOT_MS : 0 };
}

/** Whether the log has no entry yet for this build and this start of exposure in the ring. */
export function isNewWatch(log: Audit, { ring, build, since }: RingRelease): boolean {
  const logged = lastWatch(log, ring);
  return logged?.build !== build || logged.since !== since;
}

/** When a backup was last restored; 0 if never. */
function lastRestore({ decisions }: Audit, ring: Ring): UnixMs {
  return decisions.findLast(({ decision }) => decision.kind === "restored" && decision.ring === ring)?.at ?? 0;
}

/** Logs for every ring that the database was restored from a backup. */
export async function logRestore(lines: DecisionRepository, at: UnixMs, reason: string): Promise<void> {
  const log = await auditDecisions(lines);
  for (const ring of RINGS) {
    await logDecision(lines, at, { kind: "restored", ring, build: lastWatch(log, ring)?.build ?? "", reason });
  }
}

function lastWatch({ decisions }: Audit, ring: Ring): (Watch & { readonly build: BuildId }) | undefined {
  const watches = decisions.flatMap(({ decision }) => (decision.kind === "watch" ? [decision] : []));
  return watches.findLast((watch) => watch.ring === ring) as (Watch & { readonly build: BuildId }) | undefined;
}
