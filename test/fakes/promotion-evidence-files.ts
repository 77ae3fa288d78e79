import { createHash, randomBytes } from "node:crypto";
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type { BuildId } from "../../src-shared/updates/index.ts";
import { type CheckedRing, CHECKLISTS, type Evidence, newChecklist } from "../../src-ops/feed/index.ts";
import { GATES } from "../../src-ops/gates/gate.ts";

const POLICY = new URL("../../src-ops/gates/ring-policy.json", import.meta.url);
export const POLICY_HASH = sha256(readFileSync(POLICY));

type Found = "pass" | "fail" | "inconclusive";
const OUTCOME = { pass: "pass", fail: "fail", inconclusive: "hold" } as const;

export type VerdictOptions = {
  readonly found?: Found;
  readonly at?: number;
  readonly since?: number;
  readonly policyHash?: string;
  /** The gates that get the outcome `found`; all others pass. */
  readonly open?: readonly string[];
};

/**
 * Writes a verdict as `ring status --verdict` does, assessed at `at` after an observation since `since` (in seconds);
 * returns its path.
 */
export function writeVerdict(
  folder: string,
  ring: string,
  build: string,
  { found = "pass", at = now(), since = at, policyHash = POLICY_HASH, open = ["errors"] }: VerdictOptions = {},
): string {
  const gates = GATES.map((gate) => ({ gate, outcome: open.includes(gate) ? OUTCOME[found] : "pass" }));
  const evidenceHash = sha256(randomBytes(8));
  const times = { since: since * 1_000, assessedAt: at * 1_000 };
  const file = join(folder, `verdict-${randomBytes(6).toString("hex")}.json`);
  writeFileSync(file, JSON.stringify({ v: 1, ring, build, verdict: found, policyHash, ...times, evidenceHash, gates }));
  return file;
}

/** Writes a checklist with evidence for every item, from this verdict and a report; returns its path. */
export function writeChecklist(folder: string, ring: CheckedRing, build: string, verdict: string): string {
  const report = `report-${randomBytes(6).toString("hex")}.txt`;
  writeFileSync(join(folder, report), "all passed");
  const verdictHash = sha256(readFileSync(verdict));
  const shown = (gates: readonly string[]): Evidence =>
    gates.length > 0
      ? { kind: "verdict", sha256: verdictHash, open: [], at: now() }
      : { kind: "file", path: report, sha256: sha256(Buffer.from("all passed")), at: now() };
  const items = Object.fromEntries(CHECKLISTS[ring].map(({ id, gates }) => [id, [shown(gates)]]));
  const file = join(folder, `checklist-${randomBytes(6).toString("hex")}.json`);
  writeFileSync(file, JSON.stringify({ ...newChecklist(ring, build as BuildId), items }));
  return file;
}

/**
 * The arguments of `feed promote` for a promotion into a ring without any observation time, at any hour of the week:
 * verdict, checklist, and the two overrides that this needs.
 */
export function promotionEvidenceFiles(
  folder: string,
  ring: CheckedRing,
  gate: string,
  build: string,
  at = now(),
): string[] {
  const verdict = writeVerdict(folder, gate, build, { at });
  const checklist = writeChecklist(folder, ring, build, verdict);
  return ["--verdict", verdict, "--checklist", checklist, ...SKIP_OBSERVATION];
}

export const SKIP_OBSERVATION = [
  "--override",
  "window",
  "--override",
  "observation",
  "--reason",
  "A test has no days to watch",
];

/** Machines of ring1 with signed agreements, for `ring-targets.json`. */
export function pilotTargets(count: number) {
  return Array.from({ length: count }, (_, index) => ({
    hostname: `pilot-${index + 1}`,
    type: "client" as const,
    agreement: { sha256: sha256(Buffer.from(`agreement ${index}`)), signed: "2026-11-02" },
  }));
}

function now(): number {
  return Math.floor(Date.now() / 1_000);
}

function sha256(bytes: Uint8Array): string {
  return createHash("sha256").update(bytes).digest("hex");
}
