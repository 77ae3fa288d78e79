import { type Ring, RINGS } from "../../src-shared/license/index.ts";
import { readSmallFile } from "../../src-shared/node/plain-files.ts";
import { ok } from "../../src-shared/result.ts";
import { NO_RING_TARGETS, parseRingTargets, type RingTargets, withValidated } from "../gates/index.ts";
import { type Attempt, fail } from "../failure.ts";
import { exists } from "../paths.ts";
import type { FeedDocuments } from "./documents.ts";
import { ringTargetsPath } from "./feed-paths.ts";
import { MIB } from "../../src-shared/units.ts";

type ValidatedRings = Readonly<Record<Ring, boolean>>;

/** Which rings run a build that their own keys have validated. */
export function validatedRings(rings: FeedDocuments["rings"]): ValidatedRings {
  const isValidated = (ring: Ring) => {
    const { release, validation } = rings[ring];
    const isPass = (validation?.verdict?.outcome ?? "pass") === "pass";
    return release !== undefined && validation?.build === release.build && isPass;
  };
  return { ring0: isValidated("ring0"), ring1: isValidated("ring1"), ga: isValidated("ga") };
}

/** Reads `ring-targets.json`. The publisher may edit its machines, but `validated` must match the signed feed.
 * RING_TARGETS_INVALID, RING_TARGETS_EDITED.
 */
export async function readRingTargets(feed: string, rings: FeedDocuments["rings"]): Promise<Attempt<RingTargets>> {
  const path = ringTargetsPath(feed);
  if (!(await exists(path))) return ok(withValidated(NO_RING_TARGETS, validatedRings(rings)));
  const bytes = await readSmallFile(path, MIB);
  const file = bytes && parseRingTargets(bytes);
  if (!file?.ok) {
    const expected = "rings.ring0, ring1 and ga with validated and targets, each machine once";
    return fail("RING_TARGETS_INVALID", `${path} is invalid (it must have ${expected}): correct it, or delete it.`);
  }
  const validated = validatedRings(rings);
  const edited = RINGS.find((ring) => file.value.rings[ring].validated !== validated[ring]);
  if (edited === undefined) return file;
  return fail(
    "RING_TARGETS_EDITED",
    `${path} says ${edited}.validated ${!validated[edited]}, the signed feed says ${validated[edited]}: undo the edit. ` +
      "Rings are validated with `vaultctl feed validate`, not by hand.",
  );
}

export function formatRingTargets(file: RingTargets, validated: ValidatedRings): string {
  return `${JSON.stringify(withValidated(file, validated), undefined, 2)}\n`;
}
