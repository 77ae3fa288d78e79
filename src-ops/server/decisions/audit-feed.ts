import { RINGS } from "../../../src-shared/license/index.ts";
import type { Release } from "../../../src-shared/updates/index.ts";
import type { FeedStatus } from "../../feed/index.ts";
import type { Audit, Decision } from "./decision-log.ts";

type VerdictGiven = Extract<Decision, { readonly kind: "verdict-given" }>;
type LoggedPromotion = Extract<Decision, { readonly kind: "promotion" }>;

/** Finds where the signed documents and the decision log disagree about why a ring runs its build. */
export function auditFeed({ rings }: Pick<FeedStatus, "rings">, { decisions }: Audit): readonly string[] {
  const all = decisions.map(({ decision }) => decision);
  return RINGS.flatMap((ring) => {
    const { release } = rings[ring];
    if (!release?.promotion?.verdict) return [];
    const given = all.findLast(
      (one): one is VerdictGiven => one.kind === "verdict-given" && one.verdictHash === release.verdictHash,
    );
    const logged = all.findLast((one): one is LoggedPromotion => one.kind === "promotion" && isOf(one, release));
    return [...verdictFaults(release, given), ...promotionFaults(release, logged)].map(
      (fault) => `${ring}'s document ${release.seq} ${fault}`,
    );
  });
}

function isOf({ ring, build, since }: LoggedPromotion, release: Release): boolean {
  return ring === release.ring && build === release.build && since === (release.promotion?.at ?? 0) * 1_000;
}

function verdictFaults({ build, policyHash, promotion }: Release, given: VerdictGiven | undefined): readonly string[] {
  if (!given) return ["names a verdict that is not in this log"];
  const isSame =
    given.build === build &&
    given.policyHash === policyHash &&
    given.verdict === promotion?.verdict?.outcome &&
    given.evidenceHash === promotion.verdict.evidenceHash;
  return isSame ? [] : ["differs from the verdict in this log"];
}

// A promotion that the watch has not logged yet cannot be compared.
function promotionFaults(release: Release, logged: LoggedPromotion | undefined): readonly string[] {
  if (!logged) return [];
  const { overrides, lane, checklistHash } = release.promotion ?? {};
  const signed = [release.verdictHash, checklistHash ?? null, lane ?? null, overrides];
  const seen = [logged.verdictHash, logged.checklistHash, logged.lane, logged.overrides];
  return JSON.stringify(seen) === JSON.stringify(signed) ? [] : ["differs from the promotion in this log"];
}
