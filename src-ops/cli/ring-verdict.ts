import { createHash } from "node:crypto";
import { writeFileAtomic } from "../../src-shared/node/atomic-files.ts";
import type { Ring } from "../../src-shared/license/index.ts";
import { ok } from "../../src-shared/result.ts";
import type { UnixSeconds } from "../../src-shared/units.ts";
import { type Attempt, fail } from "../failure.ts";
import type { FeedLocation } from "../feed/index.ts";
import type { PolicyFile } from "../gates/index.ts";
import {
  type Assessment,
  createRingAssessor,
  type Decision,
  logDecision,
  type RingAssessor,
  type RingStore,
  type StoreLocation,
  syncEnrolments,
} from "../server/index.ts";
import { withRingData } from "./ring-options.ts";

type Evaluation = Extract<Awaited<ReturnType<RingAssessor["evaluate"]>>, { readonly ok: true }>["value"];

export type VerdictPorts = { readonly feed: FeedLocation; readonly policy: PolicyFile; readonly now: UnixSeconds };

/** Evaluates every ring now, in the database of a ring server. The codes of `withRingData` and of the feed. */
export function evaluateRings<T>(
  options: StoreLocation,
  { feed, policy, now }: VerdictPorts,
  work: (store: RingStore, evaluation: Evaluation) => Promise<Attempt<T>>,
): Promise<Attempt<T>> {
  const ports = { feed, policy, now: () => now * 1_000 };
  return withRingData(options, async (store) => {
    // People rely on a verdict when they sign, so it must count the computers that are enrolled now, even if no server has
    // read the register yet.
    const synced = await syncEnrolments(store, feed.keys, now * 1_000);
    if (!synced.ok) return synced;
    const evaluated = await createRingAssessor({ store, ...ports }).evaluate();
    return evaluated.ok ? work(store, evaluated.value) : evaluated;
  });
}

/** A verdict in a file. It counts as given to people once it is in the decision log. */
export type WrittenVerdict = {
  readonly assessment: Assessment;
  readonly entry: Extract<Decision, { readonly kind: "verdict-given" }>;
};

/** Writes the verdict on a ring for the people who sign with it. RING_EMPTY. */
export async function writeVerdict({ rings }: Evaluation, ring: Ring, file: string): Promise<Attempt<WrittenVerdict>> {
  const assessment = rings.find((one) => one.ring === ring);
  if (!assessment) return fail("RING_EMPTY", `${ring} runs no release yet, so there is no verdict.`);
  const { build, verdict, policyHash, evidenceHash } = assessment;
  const text = `${JSON.stringify(assessment, null, 2)}\n`;
  const verdictHash = createHash("sha256").update(text).digest("hex");
  await writeFileAtomic(file, text);
  return ok({
    assessment,
    entry: { kind: "verdict-given", ring, build, verdict, verdictHash, policyHash, evidenceHash },
  });
}

/** Records in the decision log that people were given a verdict. */
export function recordVerdict(store: RingStore, { assessment, entry }: WrittenVerdict): Promise<void> {
  return logDecision(store.decisions, assessment.assessedAt, entry);
}
