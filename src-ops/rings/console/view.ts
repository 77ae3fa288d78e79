import type { Ring } from "../../../src-shared/license/index.ts";
import type { MachineFacts, RingPolicy } from "../../../src-shared/rings/index.ts";
import { HOUR, type UnixMs } from "../../../src-shared/units.ts";
import { ALERT_LEVELS, type AlertKind, type AlertLevel } from "../../alerts/index.ts";
import type { Assessment } from "../deciding/assess.ts";
import type { Audit } from "../deciding/decision-log.ts";
import { nextReminder } from "../deciding/incident-book.ts";
import { type Incident, incidentsOf } from "../deciding/incidents.ts";
import type { PolicyFile } from "../../policy/index.ts";
import type { HourSum, RingStore, ToldEvent } from "../store/ring-store.ts";
import type { MachineState } from "./words.ts";

const HOUR_MS = HOUR * 1_000;
const DECISIONS = 20;
const TOLD = 30;

/** Operations that were heard up to a moment, and how many of them failed. */
export type Heard = HourSum;

export type MachineView = { readonly machine: string; readonly state: MachineState; readonly operations: number };

/** An incident of now. One that nobody is alerted of is not kept, and cannot be taken on. */
export type IncidentView = Incident & {
  readonly level: AlertLevel;
  readonly isKept: boolean;
  readonly openedAt: UnixMs;
  readonly answeredAt: UnixMs | null;
  readonly remindsAt: UnixMs | null;
};

export type RingView = Assessment & {
  readonly heard: readonly Heard[];
  readonly machines: readonly MachineView[];
  readonly scores: readonly number[];
  readonly told: readonly ToldEvent[];
  readonly rules: RingPolicy;
};

export type ConsoleView = {
  readonly now: UnixMs;
  /** The worst first. */
  readonly incidents: readonly IncidentView[];
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
  levelOf: (kind: AlertKind) => AlertLevel,
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
        told: await store.told(assessment.ring, assessment.version, TOLD),
        rules,
      };
    }),
  );
  const incidents = await incidentsIn(store, assessments, audit, levelOf);
  return { now, incidents, rings, decisions: audit.decisions.slice(-DECISIONS).toReversed() };
}

async function incidentsIn(
  store: RingStore,
  assessments: readonly Assessment[],
  audit: Audit,
  levelOf: (kind: AlertKind) => AlertLevel,
): Promise<IncidentView[]> {
  const kept = new Map((await store.incidents.open()).map((one) => [one.id, one]));
  const found = new Map<string, IncidentView>();
  for (const assessment of assessments) {
    for (const incident of incidentsOf(assessment, audit)) {
      const level = levelOf(incident.kind);
      const known = kept.get(incident.id);
      found.set(incident.id, {
        ...incident,
        level,
        isKept: known !== undefined,
        openedAt: known?.openedAt ?? assessment.assessedAt,
        answeredAt: known?.answeredAt ?? null,
        remindsAt: known ? nextReminder(known, level) : null,
      });
    }
  }
  const weight = ({ level }: IncidentView) => ALERT_LEVELS.indexOf(level);
  return [...found.values()].toSorted((a, b) => weight(a) - weight(b) || a.openedAt - b.openedAt);
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
