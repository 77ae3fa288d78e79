import { readdir } from "node:fs/promises";
import { dirname, join, parse } from "node:path";
import { ok } from "../../../src-shared/result.ts";
import type { UnixSeconds } from "../../../src-shared/units.ts";
import type { Attempt } from "../../failure.ts";
import { fileEvidence } from "./checklist-evidence.ts";
import type { Checklist } from "./checklist-file.ts";
import { itemOf } from "./checklist-items.ts";

/**
 * Adds the files beside a checklist that are named like one of its items (`automated-tests.html`) as evidence for it. A file
 * that is recorded already stays as it was recorded, so that a later change of it is found. SOURCE_UNREADABLE.
 */
export async function withFilesBeside(
  checklistPath: string,
  checklist: Checklist,
  at: UnixSeconds,
): Promise<Attempt<Checklist>> {
  const folder = dirname(checklistPath);
  const items = { ...checklist.items };
  const entries = await readdir(folder, { withFileTypes: true });
  for (const name of entries
    .filter((entry) => entry.isFile())
    .map((entry) => entry.name)
    .toSorted()) {
    const id = itemOf(checklist.ring, parse(name).name)?.id;
    if (id === undefined || itemOf(checklist.ring, id)?.gates.length !== 0) continue;
    const known = items[id] ?? [];
    if (known.some((one) => one.kind === "file" && one.path === name)) continue;
    const evidence = await fileEvidence(checklistPath, join(folder, name), at, undefined);
    if (!evidence.ok) return evidence;
    items[id] = [...known, evidence.value];
  }
  return ok({ ...checklist, items });
}
