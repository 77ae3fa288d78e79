import { ok } from "../../src-shared/result.ts";
import type { UnixSeconds } from "../../src-shared/units.ts";
import type { Attempt } from "../failure.ts";
import { type AppliedDraft, applyDraft, type Draft, requireCurrent } from "./draft.ts";
import { judgeScope } from "./judge-scope.ts";
import type { Feed } from "./load-feed.ts";
import type { PromotionContext } from "./promotion/index.ts";
import type { Step } from "./judge-ring.ts";
import { judgeStep } from "./rules.ts";

export type JudgedChange = { readonly after: AppliedDraft; readonly step: Step };

/**
 * Judges a whole change against the published feed: versions, keys, thresholds, delegations, targets and documents. The
 * same function judges it when it is made, when a person signs it, and when it comes back. Only the publisher has the
 * `context` that also judges a promotion's hour, pilots and policy. PENDING_OUTDATED, PENDING_INVALID,
 * CHANGE_EXCEEDS_KIND, and the codes of `judgeStep`.
 */
export async function judgeChange(
  feed: Feed,
  draft: Draft,
  now: UnixSeconds,
  context: PromotionContext | undefined,
): Promise<Attempt<JudgedChange>> {
  const current = requireCurrent(feed, draft);
  if (!current.ok) return current;
  const after = await applyDraft(feed, draft);
  if (!after.ok) return after;
  const scope = judgeScope(feed, draft, after.value, now);
  if (!scope.ok) return scope;
  const keyrings = { before: feed.keyring, after: after.value.keyring };
  const step: Step = { before: feed.documents, after: after.value.documents, keyrings, context };
  const judged = judgeStep(step);
  return judged.ok ? ok({ after: after.value, step }) : judged;
}
