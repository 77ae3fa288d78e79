import type { Ring } from "../../../src-shared/license/index.ts";
import type { MachineFacts, RingPolicy } from "../../../src-shared/rings/index.ts";
import { HOUR, type UnixMs } from "../../../src-shared/units.ts";
import type { Assessment } from "../deciding/assess.ts";
import type { Audit } from "../deciding/decision-log.ts";
import type { PolicyFile } from "../../policy/index.ts";
import type { HourSum, RingStore } from "../store/ring-store.ts";
import type { MachineState } from "./words.ts";

const HOUR_MS = HOUR * 1_000;
const DECISIONS = 20;

/** Operations that were heard up to a moment, and how many of them failed. */
export type Heard = HourSum;

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
export async function viewOf(
  store: RingStore,
  assessments: readonly Assessment[],
  audit: Audit,
  { policy }: PolicyFile,
  now: UnixMs,
): Promise<ConsoleView> {
  const rings = await Promise.all(
    assessments.map(async (assessment): Promise<RingView> => {
      const rules = policy.rings[assessment.ring];
      const machines = await store.machines(assessment, now);
      return {
        ...assessment,
        heard: await heardOf(store, assessment),
        machines: machines.map((facts) => machineView(facts, rules, now)),
        scores: await store.scores(assessment),
        rules,
      };
    }),
  );
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
async function heardOf(store: RingStore, release: { ring: Ring; version: string; since: UnixMs }): Promise<Heard[]> {
  let [operations, failed] = [0, 0];
  const hours = await store.hours(release.ring, release.version, release.since - HOUR_MS);
  return hours.map((hour) => {
    operations += hour.operations;
    failed += hour.failed;
    return { at: hour.at, operations, failed };
  });
}
