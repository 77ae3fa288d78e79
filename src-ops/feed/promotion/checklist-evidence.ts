import { createHash } from "node:crypto";
import { dirname, join, relative } from "node:path";
import { readSmallFile } from "../../../src-shared/node/plain-files.ts";
import { ok } from "../../../src-shared/result.ts";
import { MAX_VERDICT_BYTES, parseVerdict } from "../../gates/index.ts";
import { type Attempt, fail } from "../../failure.ts";
import { type Checklist, type Evidence, readChecklist } from "./checklist-file.ts";
import { CHECKLISTS, type CheckedRing, type ChecklistItem } from "./checklist-items.ts";
import { type Bytes, MIB, type UnixSeconds } from "../../../src-shared/units.ts";

const MAX_EVIDENCE_BYTES: Bytes = 64 * MIB;

/** A file as evidence: its path relative to the checklist's folder, and its hash. SOURCE_UNREADABLE. */
export async function fileEvidence(
  checklistPath: string,
  file: string,
  at: UnixSeconds,
  note: string | undefined,
): Promise<Attempt<Evidence>> {
  const sha256 = await hashOf(file);
  if (sha256 === undefined) return fail("SOURCE_UNREADABLE", `${file} is not a regular file of at most 64 MiB.`);
  const path = relative(dirname(checklistPath), file).replaceAll("\\", "/");
  return ok({ kind: "file", path, sha256, at, ...(note === undefined ? {} : { note }) });
}

/** Adds a verdict to every item that the gates measure, and removes an earlier verdict. VERDICT_INVALID. */
export async function withVerdict(checklist: Checklist, file: string, at: UnixSeconds): Promise<Attempt<Checklist>> {
  const bytes = await readSmallFile(file, MAX_VERDICT_BYTES);
  const verdict = bytes && parseVerdict(bytes);
  if (!bytes || !verdict?.ok || verdict.value.build !== checklist.build) {
    return fail("VERDICT_INVALID", `${file} is not a verdict on build ${checklist.build}.`);
  }
  const sha256 = createHash("sha256").update(bytes).digest("hex");
  const passed = new Set(verdict.value.gates.flatMap(({ gate, outcome }) => (outcome === "pass" ? [gate] : [])));
  const items = { ...checklist.items };
  for (const { id, gates } of CHECKLISTS[checklist.ring]) {
    if (gates.length === 0) continue;
    const others = (items[id] ?? []).filter(({ kind }) => kind !== "verdict");
    items[id] = [...others, { kind: "verdict", sha256, open: gates.filter((gate) => !passed.has(gate)), at }];
  }
  return ok({ ...checklist, items });
}

/** The promotion that a checklist must be for. */
export type PromotedBuild = {
  readonly ring: CheckedRing;
  readonly build: string;
  readonly verdictHash: string;
};

/** Checks that every required item of a checklist has evidence, and that the evidence files are unchanged. Returns the hash
 * of the checklist. CHECKLIST_INVALID, CHECKLIST_INCOMPLETE, EVIDENCE_CHANGED.
 */
export async function verifyChecklist(
  path: string,
  { ring, build, verdictHash }: PromotedBuild,
): Promise<Attempt<string>> {
  const read = await readChecklist(path);
  if (!read.ok) return read;
  const { checklist, hash } = read.value;
  if (checklist.ring !== ring || checklist.build !== build) {
    const about = `${checklist.ring} and build ${checklist.build}`;
    return fail("CHECKLIST_INVALID", `${path} is about ${about}, not about ${ring} and build ${build}.`);
  }
  const lacking = itemsWithoutEvidence(checklist, verdictHash);
  if (lacking.length > 0) {
    const ids = lacking.map(({ id }) => id).join(", ");
    return fail(
      "CHECKLIST_INCOMPLETE",
      `${path} has no evidence for ${ids}: add it with \`vaultctl ring checklist set\`.`,
    );
  }
  const changed = await findChangedEvidence(path, checklist);
  if (changed === undefined) return ok(hash);
  return fail("EVIDENCE_CHANGED", `${changed} was removed or changed after it was added: add it again.`);
}

/** The required items without evidence. An item that gates measure needs the same verdict that is signed. */
export function itemsWithoutEvidence(
  { ring, items }: Checklist,
  verdictHash: string | undefined,
): readonly ChecklistItem[] {
  const hasEvidence = ({ id, gates }: ChecklistItem) => {
    const evidence = items[id] ?? [];
    if (gates.length === 0) return evidence.some(({ kind }) => kind !== "verdict");
    return evidence.some((one) => one.kind === "verdict" && (verdictHash ?? one.sha256) === one.sha256);
  };
  return CHECKLISTS[ring].filter((item) => item.isRequired && !hasEvidence(item));
}

/** The first evidence file that was changed or removed. */
export async function findChangedEvidence(path: string, { items }: Checklist): Promise<string | undefined> {
  for (const one of Object.values(items).flat()) {
    if (one.kind !== "file") continue;
    const file = join(dirname(path), ...one.path.split("/"));
    if ((await hashOf(file)) !== one.sha256) return file;
  }
  return undefined;
}

async function hashOf(path: string): Promise<string | undefined> {
  const bytes = await readSmallFile(path, MAX_EVIDENCE_BYTES);
  return bytes && createHash("sha256").update(bytes).digest("hex");
}
