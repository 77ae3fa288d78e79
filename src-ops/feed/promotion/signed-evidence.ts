import { RINGS } from "../../../src-shared/license/index.ts";
import type { Promotion, Release } from "../../../src-shared/updates/index.ts";
import type { FeedDocuments } from "../documents.ts";
import { mayBeOverridden } from "./promotion-rules.ts";
import { ringBefore } from "./stages.ts";

/**
 * The faults in the evidence that the rings' signed documents name for their builds.
 *
 * @param policyHash the policy that they must name, if one is required
 */
export function evidenceFaults({ rings }: FeedDocuments, policyHash: string | undefined): readonly string[] {
  return RINGS.flatMap((ring) => {
    const { release } = rings[ring];
    if (ringBefore(ring) === undefined || release?.kind !== "forward") return [];
    const faults = [
      ...verdictFaults(release),
      ...(policyHash !== undefined && release.policyHash !== policyHash ? ["was judged by another policy"] : []),
      ...(RINGS.some((gate) => contradicts(rings[gate].validation, release))
        ? ["contradicts the verdict that its gate signed"]
        : []),
    ];
    return faults.map((fault) => `${ring}'s document ${release.seq} ${fault}`);
  });
}

function verdictFaults({ verdictHash, promotion }: Release): readonly string[] {
  if (verdictHash === null || !promotion?.verdict) return ["names no verdict"];
  if (promotion.checklistHash === undefined) return ["names no checklist"];
  const { outcome, open } = promotion.verdict;
  const isPass = outcome === "pass" && open.length === 0;
  const isCovered = mayBeOverridden(promotion.verdict) && isOverriddenOrHotfix(promotion, outcome, open);
  return isPass || isCovered ? [] : [`names a verdict with the outcome ${outcome}`];
}

function isOverriddenOrHotfix({ overrides, lane }: Promotion, outcome: string, open: readonly string[]): boolean {
  const isOverridden = (name: string) => overrides.some(({ code }) => code === name);
  if (isOverridden("verdict")) return true;
  return (
    outcome === "inconclusive" &&
    open.every((gate) => gate === "time") &&
    (lane !== undefined || isOverridden("observation"))
  );
}

function contradicts(validation: FeedDocuments["rings"]["ga"]["validation"], release: Release): boolean {
  if (validation?.verdictHash !== release.verdictHash) return false;
  return JSON.stringify(validation.verdict) !== JSON.stringify(release.promotion?.verdict);
}
