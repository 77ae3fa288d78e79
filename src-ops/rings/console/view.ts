import type { Ring } from "../../../src-shared/license/index.ts";
import type { MachineFacts, RingPolicy } from "../../../src-shared/rings/index.ts";
import { HOUR, type UnixMs } from "../../../src-shared/units.ts";
import type { Assessment } from "../deciding/assess.ts";
import type { Audit } from "../deciding/decision-log.ts";
import type { PolicyFile } from "../../policy/index.ts";
import type { SqliteStore } from "../store/sqlite-store.ts";
import type { MachineState } from "./words.ts";

const HOUR_MS = HOUR * 1_000;
const DECISIONS = 20;

/** Operations that were heard up to a moment, and how many of them failed. */
export type Heard = { readonly at: UnixMs; readonly operations: number; readonly failed: number };

export type MachineView = { readonly machine: string; readonly state: MachineState; readonly operations: number };

export type RingView = Assessment & {
  readonly heard: readonly Heard[];
  readonly machines: readonly MachineView[];
  readonly scores: readonly number[];
  readonly rules: RingPolicy;
};

export type ConsoleView = {
  readonly now: UnixMs;
  readonly rings: readonly RingView[];
  /** The last ones, newest first. */
  readonly decisions: Audit["decisions"];
};

/** Gathers what the console shows. */
export function viewOf(
  store: SqliteStore,
  assessments: readonly Assessment[],
  audit: Audit,
  { policy }: PolicyFile,
  now: UnixMs,
): ConsoleView {
  const rings = assessments.map((assessment): RingView => {
    const rules = policy.rings[assessment.ring];
    return {
      ...assessment,
      heard: heardOf(store, assessment),
      machines: store.machines(assessment, now).map((facts) => machineView(facts, rules, now)),
      scores: store.scores(assessment),
      rules,
    };
  });
  return { now, rings, decisions: audit.decisions.slice(-DECISIONS).toReversed() };
}

function machineView(
  { machine, operations, failed, lastAt }: MachineFacts,
  rules: RingPolicy,
  now: UnixMs,
): MachineView {
  if (lastAt === undefined) return { machine, operations, state: "not-updated" };
  const isSilent = lastAt < now - rules.machines.reportedWithinHours * HOUR_MS;
  return { machine, operations, state: isSilent ? "silent" : failed > 0 ? "failing" : "healthy" };
}

/** Hour by hour, each with all that came before it. */
function heardOf({ database }: SqliteStore, release: { ring: Ring; version: string; since: UnixMs }): Heard[] {
  const rows = database
    .prepare(
      "SELECT slot - slot % ? + ? AS at, sum(operations) AS operations, sum(failed) AS failed FROM slots " +
        "WHERE ring = ? AND version = ? AND slot > ? GROUP BY 1 ORDER BY 1",
    )
    .all(HOUR_MS, HOUR_MS, release.ring, release.version, release.since - HOUR_MS);
  let [operations, failed] = [0, 0];
  return rows.map((row) => {
    operations += Number(row["operations"]);
    failed += Number(row["failed"]);
    return { at: Number(row["at"]), operations, failed };
  });
}
