import { RINGS } from "../../../src-shared/license/index.ts";
import type { Release } from "../../../src-shared/updates/index.ts";
import type { FeedStatus } from "../../feed/index.ts";
import type { Audit, Decision } from "./decision-log.ts";

type Given = Extract<Decision, { readonly kind: "verdict-given" }>;
type Promoted = Extract<Decision, { readonly kind: "promotion" }>;

/** Where the signed documents and the decision log disagree about why a ring runs its build. */
export function auditFeed({ rings }: Pick<FeedStatus, "rings">, { decisions }: Audit): readonly string[] {
  const all = decisions.map(({ decision }) => decision);
  return RINGS.flatMap((ring) => {
    const { release } = rings[ring];
    if (!release?.promotion?.verdict) return [];
    const given = all.findLast(
      (one): one is Given => one.kind === "verdict-given" && one.verdictHash === release.verdictHash,
    );
    const seen = all.findLast((one): one is Promoted => one.kind === "promotion" && isOf(one, release));
    return [...givenFaults(release, given), ...seenFaults(release, seen)].map(
      (fault) => `${ring}'s document ${release.seq} ${fault}`,
    );
  });
}

function isOf({ ring, build, since }: Promoted, release: Release): boolean {
  return ring === release.ring && build === release.build && since === (release.promotion?.at ?? 0) * 1_000;
}

function givenFaults({ build, policyHash, promotion }: Release, given: Given | undefined): readonly string[] {
  if (!given) return ["names a verdict that was never given here"];
  const isSame =
    given.build === build &&
    given.policyHash === policyHash &&
    given.verdict === promotion?.verdict?.outcome &&
    given.evidenceHash === promotion.verdict.evidenceHash;
  return isSame ? [] : ["says else of its verdict than what was given"];
}

// A promotion that no look has logged yet cannot be compared.
function seenFaults(release: Release, seen: Promoted | undefined): readonly string[] {
  const { overrides, lane, checklistHash } = release.promotion ?? {};
  const grounds = JSON.stringify([release.verdictHash, checklistHash ?? null, lane ?? null, overrides]);
  const logged = seen && JSON.stringify([seen.verdictHash, seen.checklistHash, seen.lane, seen.overrides]);
  return logged === undefined || logged === grounds ? [] : ["was seen here on other grounds"];
}
