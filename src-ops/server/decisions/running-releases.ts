import { type Ring, RINGS } from "../../../src-shared/license/index.ts";
import type { RunningRelease } from "../../gates/index.ts";
import type { SignedFeed } from "../../feed/index.ts";
import type { DecisionRepository } from "../store/index.ts";
import { type Audit, auditDecisions, type Decision, logDecision } from "./decision-log.ts";
import type { BuildId, Release } from "../../../src-shared/updates/index.ts";
import type { UnixMs } from "../../../src-shared/units.ts";

/** What a ring runs, and whether it is halted. */
export type RingRelease = RunningRelease & {
  readonly buildEpoch: number;
  readonly isHalted: boolean;
  /** Of the document that lets it run: which one, for whom, and on what grounds. */
  readonly signed: Pick<Release, "seq" | "basisPoints" | "verdictHash" | "promotion">;
};

type Watch = Extract<Decision, { readonly kind: "watch" }>;

/**
 * What the feed says that each ring runs. Exposure goes on while the bytes and their share stay the same: a flag is no new
 * release. After a halt that was undone it begins anew, and so it does with each larger share, and after a backup
 * was brought back: what it does not know of may have been a crash.
 */
export function runningReleases(
  { rings, builds }: Pick<SignedFeed, "rings" | "builds">,
  log: Audit,
): readonly RingRelease[] {
  return RINGS.flatMap((ring) => {
    const { release, halt } = rings[ring];
    const listed = builds.find(({ id }) => id === release?.build);
    if (!release || !listed) return [];
    const { version, buildEpoch } = listed;
    const isHalted = halt?.build === release.build;
    const { build, seq, basisPoints, verdictHash, promotion } = release;
    const signed = { seq, basisPoints, verdictHash, promotion };
    const running = { ring, build, version, buildEpoch, isHalted, signed };
    const restored = lastRestore(log, ring);
    if (promotion) return [{ ...running, since: Math.max(promotion.at * 1_000, restored) }];
    // Documents of before `promotion`: only the log knows what was a new beginning.
    const issued = release.issued * 1_000;
    const known = lastWatch(log, ring);
    const isSame = known?.build === release.build && (release.kind !== "resume" || known.since >= issued);
    const since = Math.max(isSame ? known.since : issued, restored);
    return [{ ...running, since }];
  });
}

/** Of a ring that was last seen running this build since then, nothing is new. */
export function isNewWatch(log: Audit, { ring, build, since }: RingRelease): boolean {
  const known = lastWatch(log, ring);
  return known?.build !== build || known.since !== since;
}

/** When a backup was last brought back; 0: never. */
function lastRestore({ decisions }: Audit, ring: Ring): UnixMs {
  return decisions.findLast(({ decision }) => decision.kind === "restored" && decision.ring === ring)?.at ?? 0;
}

/** Notes that what was kept was brought back from a backup, for every ring. */
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
