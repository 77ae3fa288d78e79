import type { Ring } from "../../src-shared/license/index.ts";
import { readSmallFile } from "../../src-shared/node/plain-files.ts";
import { ok } from "../../src-shared/result.ts";
import { MAX_VERDICT_BYTES, parseVerdict, type Validation, validationPath } from "../../src-shared/rings/index.ts";
import type { BuildId } from "../../src-shared/updates/index.ts";
import type { UnixSeconds } from "../../src-shared/units.ts";
import { type Attempt, fail } from "../failure.ts";
import { type Concluded, conclude, type FeedDesk } from "./desk.ts";
import { sha256Hex } from "./metadata.ts";
import { draftOf, jsonDocument } from "./ring-draft.ts";

/** Lets a ring's own keys say that a build passed there. VERDICT_INVALID, VERDICT_NOT_PASS, BUILD_NEVER_OFFERED. */
export async function validateRing(desk: FeedDesk, ring: Ring, file: string): Promise<Attempt<Concluded>> {
  const { feed, now } = desk;
  const validation = await readVerdict(file, ring, undefined, now);
  if (!validation.ok) return validation;
  const { build } = validation.value;
  if (!feed.documents.rings[ring].offered.includes(build)) {
    return fail("BUILD_NEVER_OFFERED", `${ring} never had build ${build}: nobody can have watched it there.`);
  }
  const documents = new Map([[ring, new Map([[validationPath(ring), jsonDocument(validation.value)]])]]);
  return conclude(desk, draftOf(feed, `${build} passed in ${ring}`, documents, now));
}

/** Reads a verdict file as what a ring's keys may sign: a pass, of this ring, and of this build where one is named. */
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
      `${path} is no verdict (v, ring, build, verdict, policyHash): ask the gate for one.`,
    );
  }
  const { ring: watched, build: judged, verdict: found, policyHash } = verdict.value;
  if (watched !== ring || (build !== undefined && judged !== build)) {
    const wanted = build === undefined ? ring : `${ring} and build ${build}`;
    return fail("VERDICT_INVALID", `${path} is about ${watched} and build ${judged}, not about ${wanted}.`);
  }
  if (found !== "pass") {
    return fail("VERDICT_NOT_PASS", `${path} says ${found}: only a pass goes on. Watch longer, or build a fix.`);
  }
  return ok({ v: 1, ring, build: judged, verdictHash: sha256Hex(bytes), policyHash, issued: now });
}
