import type { Ring } from "../../src-shared/license/index.ts";
import { readSmallFile } from "../../src-shared/node/plain-files.ts";
import { ok } from "../../src-shared/result.ts";
import { judgedOf, MAX_VERDICT_BYTES, parseVerdict, type Validation, validationPath } from "../gates/index.ts";
import { type Attempt, fail } from "../failure.ts";
import { type TransactionResult, submitDraft, type FeedTransaction } from "./feed-transaction.ts";
import { sha256Hex } from "./metadata.ts";
import { draftOf, jsonDocument } from "./ring-draft.ts";
import type { BuildId } from "../../src-shared/updates/index.ts";
import type { UnixSeconds } from "../../src-shared/units.ts";

/** Signs with a ring's own keys that a build passed there. VERDICT_INVALID, VERDICT_NOT_PASS, BUILD_NEVER_OFFERED. */
export async function validateRing(
  transaction: FeedTransaction,
  ring: Ring,
  file: string,
): Promise<Attempt<TransactionResult>> {
  const { feed, now } = transaction;
  const validation = await readVerdict(file, ring, undefined, now);
  if (!validation.ok) return validation;
  const { build, verdict, policyHash } = validation.value;
  if (verdict?.outcome !== "pass") {
    return fail(
      "VERDICT_NOT_PASS",
      `${file} says ${verdict?.outcome}: only a pass can be validated. Observe longer, or build a fix.`,
    );
  }
  if (policyHash !== transaction.policy.hash) {
    return fail("VERDICT_OTHER_POLICY", `${file} used another policy: name that policy with --policy.`);
  }
  if (!feed.documents.rings[ring].offered.includes(build)) {
    return fail("BUILD_NEVER_OFFERED", `${ring} never had build ${build}: it cannot have been observed there.`);
  }
  const documents = new Map([[ring, new Map([[validationPath(ring), jsonDocument(validation.value)]])]]);
  return submitDraft(transaction, draftOf(feed, `${build} passed in ${ring}`, documents, now));
}

/** Reads a verdict file on this ring (and this build, if given) as the document to sign. VERDICT_INVALID. */
export async function readVerdict(
  path: string,
  ring: Ring,
  build: BuildId | undefined,
  now: UnixSeconds,
): Promise<Attempt<Validation>> {
  const bytes = await readSmallFile(path, MAX_VERDICT_BYTES);
  const verdict = bytes && parseVerdict(bytes);
  if (!bytes || !verdict?.ok) {
    return fail(
      "VERDICT_INVALID",
      `${path} is not a verdict, or its outcome contradicts its gates: get one with \`vaultctl ring status --verdict\`.`,
    );
  }
  const { ring: watched, build: judged, policyHash } = verdict.value;
  if (watched !== ring || (build !== undefined && judged !== build)) {
    const wanted = build === undefined ? ring : `${ring} and build ${build}`;
    return fail("VERDICT_INVALID", `${path} is about ${watched} and build ${judged}, not about ${wanted}.`);
  }
  const verdictHash = sha256Hex(bytes);
  return ok({ v: 1, ring, build: judged, verdictHash, policyHash, verdict: judgedOf(verdict.value), issued: now });
}
