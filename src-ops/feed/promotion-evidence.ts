import type { Ring } from "../../src-shared/license/index.ts";
import { readSmallFile } from "../../src-shared/node/plain-files.ts";
import { ok } from "../../src-shared/result.ts";
import { MAX_VERDICT_BYTES, parseVerdict, type Validation } from "../gates/index.ts";
import { verifyChecklist, pilotsIn, ringBefore } from "./promotion/index.ts";
import { type Attempt, fail } from "../failure.ts";
import type { FeedTransaction } from "./feed-transaction.ts";
import type { ReleaseOrder } from "./release-order.ts";
import { readVerdict } from "./validate-ring.ts";
import type { Promotion, Release } from "../../src-shared/updates/index.ts";

/** The evidence in a ring's document, and the validation that the gate ring's own keys must sign for it. */
export type PromotionEvidence = Pick<Release, "verdictHash" | "policyHash"> & {
  readonly promotion: Promotion;
  readonly fresh: Validation | undefined;
};

/** Collects the evidence of a promotion. The rules, which judge every change, decide whether it is sufficient. */
export async function collectEvidence(
  transaction: FeedTransaction,
  order: ReleaseOrder & { readonly reason: string },
  old: Release | undefined,
): Promise<Attempt<PromotionEvidence>> {
  const { now } = transaction;
  const before = ringBefore(order.ring);
  if (before === undefined) {
    const promotion = old?.promotion ?? { at: old?.issued ?? now, overrides: [] };
    return ok({ verdictHash: null, policyHash: null, promotion, fresh: undefined });
  }
  const validation = await validationFor(transaction, order, before, old);
  if (!validation.ok) return validation;
  const { current, fresh } = validation.value;
  const checklistHash = await checklistFor(order, current, old);
  if (!checklistHash.ok) return checklistHash;
  const { lane, overrides = [], reason } = order;
  const promotion: Promotion = {
    at: now,
    ...(current?.verdict ? { verdict: current.verdict } : {}),
    ...(checklistHash.value === undefined ? {} : { checklistHash: checklistHash.value }),
    ...(order.ring === "ring1" ? { pilots: signedPilots(transaction) } : {}),
    ...(lane === undefined ? {} : { lane }),
    overrides: [...new Set(overrides)].map((code) => ({ code, reason })),
  };
  const { verdictHash = null, policyHash = null } = current ?? {};
  return ok({ verdictHash, policyHash, promotion, fresh });
}

function signedPilots({ ringTargets }: FeedTransaction): NonNullable<Promotion["pilots"]> {
  const { count, agreementsHash } = pilotsIn(ringTargets);
  return { count, agreementsHash };
}

type FoundValidation = { readonly current: Validation | undefined; readonly fresh: Validation | undefined };

async function validationFor(
  transaction: FeedTransaction,
  { ring, build, verdict }: ReleaseOrder,
  before: Ring,
  old: Release | undefined,
): Promise<Attempt<FoundValidation>> {
  const gate = old ? ring : before;
  if (verdict === undefined) {
    const { validation } = transaction.feed.documents.rings[gate];
    return ok({ current: validation?.build === build ? validation : undefined, fresh: undefined });
  }
  if (old && (await ringOfVerdict(verdict)) === before) {
    const share = `${old.basisPoints / 100} % (document ${old.seq})`;
    return fail("BUILD_RUNNING", `${ring} already runs ${build}, for ${share}: somebody else has promoted it.`);
  }
  const fresh = await readVerdict(verdict, gate, build, transaction.now);
  return fresh.ok ? ok({ current: fresh.value, fresh: fresh.value }) : fresh;
}

async function ringOfVerdict(path: string): Promise<Ring | undefined> {
  const bytes = await readSmallFile(path, MAX_VERDICT_BYTES);
  const verdict = bytes && parseVerdict(bytes);
  return verdict?.ok ? verdict.value.ring : undefined;
}

// A larger share uses the checklist of the first share.
async function checklistFor(
  { ring, build, checklist }: ReleaseOrder,
  validation: Validation | undefined,
  old: Release | undefined,
): Promise<Attempt<string | undefined>> {
  if (ring === "ring0" || checklist === undefined || validation === undefined) return ok(old?.promotion?.checklistHash);
  return verifyChecklist(checklist, { ring, build, verdictHash: validation.verdictHash });
}
