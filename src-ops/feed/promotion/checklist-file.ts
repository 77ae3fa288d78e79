import { createHash } from "node:crypto";
import * as v from "valibot";
import { parseStrictJson } from "../../../src-shared/encoding/strict-json.ts";
import { writeFileAtomic } from "../../../src-shared/node/atomic-files.ts";
import { readSmallFile } from "../../../src-shared/node/plain-files.ts";
import { ok } from "../../../src-shared/result.ts";
import { type Bytes, MIB } from "../../../src-shared/units.ts";
import { BuildId, Sha256Hex } from "../../../src-shared/updates/index.ts";
import { type Attempt, fail } from "../../failure.ts";
import { CHECKED_RINGS, type CheckedRing, CHECKLISTS } from "./checklist-items.ts";
import { NonNegativeInteger } from "../../../src-shared/integers.ts";

const Moment = NonNegativeInteger;
const Note = v.pipe(v.string(), v.maxLength(300));

/** The evidence for an item: a file with its hash, a web page with its date, or a verdict. */
const Evidence = v.variant("kind", [
  v.strictObject({
    kind: v.literal("file"),
    /** Relative to the checklist's folder. */
    path: v.pipe(v.string(), v.minLength(1), v.maxLength(1_000)),
    sha256: Sha256Hex,
    at: Moment,
    note: v.optional(Note),
  }),
  v.strictObject({
    kind: v.literal("url"),
    url: v.pipe(v.string(), v.url(), v.startsWith("https://"), v.maxLength(1_000)),
    at: Moment,
    note: v.optional(Note),
  }),
  v.strictObject({
    kind: v.literal("verdict"),
    sha256: Sha256Hex,
    /** The gates of the item that had not passed. */
    open: v.array(v.string()),
    at: Moment,
  }),
]);
export type Evidence = v.InferOutput<typeof Evidence>;

const Checklist = v.pipe(
  v.strictObject({
    v: v.literal(1),
    ring: v.picklist(CHECKED_RINGS),
    build: BuildId,
    items: v.record(v.string(), v.pipe(v.array(Evidence), v.maxLength(20))),
  }),
  // A checklist of another version of vaultctl may have other items, and is refused.
  v.check(({ ring, items }) => Object.keys(items).toSorted().join() === idsOf(ring).toSorted().join()),
);
export type Checklist = v.InferOutput<typeof Checklist>;

const MAX_CHECKLIST_BYTES: Bytes = MIB;

const idsOf = (ring: CheckedRing) => CHECKLISTS[ring].map(({ id }) => id);

export function newChecklist(ring: CheckedRing, build: BuildId): Checklist {
  return { v: 1, ring, build, items: Object.fromEntries(idsOf(ring).map((id) => [id, []])) };
}

/** Reads a checklist with the hash of its file. CHECKLIST_INVALID. */
export async function readChecklist(
  path: string,
): Promise<Attempt<{ readonly checklist: Checklist; readonly hash: string }>> {
  const bytes = await readSmallFile(path, MAX_CHECKLIST_BYTES);
  const json = bytes && parseStrictJson(bytes);
  const checklist = v.safeParse(Checklist, json?.ok ? json.value : undefined);
  if (!bytes || !checklist.success) {
    return fail(
      "CHECKLIST_INVALID",
      `${path} is not a checklist of this version: create one with \`ring checklist init\`.`,
    );
  }
  return ok({ checklist: checklist.output, hash: createHash("sha256").update(bytes).digest("hex") });
}

export async function writeChecklist(path: string, checklist: Checklist): Promise<void> {
  await writeFileAtomic(path, `${JSON.stringify(checklist, undefined, 2)}\n`);
}
