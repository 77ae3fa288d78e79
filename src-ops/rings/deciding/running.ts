import { type Ring, RINGS } from "../../../src-shared/license/index.ts";
import type { RunningRelease } from "../../../src-shared/rings/index.ts";
import type { BuildId, Release } from "../../../src-shared/updates/index.ts";
import type { FeedStatus } from "../../feed/index.ts";
import type { Audit, Decision } from "./decision-log.ts";

/** What a ring runs, and whether it is halted. */
export type Running = RunningRelease & {
  readonly buildEpoch: number;
  readonly isHalted: boolean;
  /** Of the document that lets it run: which one, for whom, and on what grounds. */
  readonly signed: Pick<Release, "seq" | "basisPoints" | "verdictHash" | "promotion">;
};

type Watch = Extract<Decision, { readonly kind: "watch" }>;

/**
 * What the feed says that each ring runs. Exposure goes on while the bytes and their share stay the same: a flag is no new
 * release. After a halt that was undone it begins anew, and so it does with each larger share.
 */
export function runningIn({ rings, builds }: Pick<FeedStatus, "rings" | "builds">, log: Audit): readonly Running[] {
  return RINGS.flatMap((ring) => {
    const { release, halt } = rings[ring];
    const listed = builds.find(({ id }) => id === release?.build);
    if (!release || !listed) return [];
    const { version, buildEpoch } = listed;
    const isHalted = halt?.build === release.build;
    const { build, seq, basisPoints, verdictHash, promotion } = release;
    const signed = { seq, basisPoints, verdictHash, promotion };
    const running = { ring, build, version, buildEpoch, isHalted, signed };
    if (promotion) return [{ ...running, since: promotion.at * 1_000 }];
    // Documents of before `promotion`: only the log knows what was a new beginning.
    const issued = release.issued * 1_000;
    const known = lastWatch(log, ring);
    const isSame = known?.build === release.build && (release.kind !== "resume" || known.since >= issued);
    const since = isSame ? known.since : issued;
    return [{ ...running, since }];
  });
}

/** Of a ring that was last seen running this build since then, nothing is new. */
export function isNewWatch(log: Audit, { ring, build, since }: Running): boolean {
  const known = lastWatch(log, ring);
  return known?.build !== build || known.since !== since;
}

function lastWatch({ decisions }: Audit, ring: Ring): (Watch & { readonly build: BuildId }) | undefined {
  const watches = decisions.flatMap(({ decision }) => (decision.kind === "watch" ? [decision] : []));
  return watches.findLast((watch) => watch.ring === ring) as (Watch & { readonly build: BuildId }) | undefined;
}
