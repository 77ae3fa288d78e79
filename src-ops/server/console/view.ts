import type { Ring } from "../../../src-shared/license/index.ts";
import { type MachineFacts, type Policy, readMachines, type RingPolicy } from "../../gates/index.ts";
import type { Attempt } from "../../failure.ts";
import { releaseStates, type RingProgress } from "../../feed/index.ts";
import { ALERT_LEVELS, type AlertKind, type AlertLevel } from "../alerts/index.ts";
import {
  type Assessment,
  type Audit,
  type Deadline,
  deadlinesOf,
  lateIncidents,
  nextReminder,
  type Incident,
  incidentsOf,
  type WatchPorts,
} from "../decisions/index.ts";
import type { HourlyCounts, RingStore, NotableEvent } from "../store/index.ts";
import type { MachineState } from "./message-catalog.ts";
import { HOUR, type UnixMs } from "../../../src-shared/units.ts";
import { ok } from "../../../src-shared/result.ts";

const HOUR_MS = HOUR * 1_000;
const DECISIONS = 20;
const RECENT_EVENTS = 30;

/** Operations reported up to a moment, and how many of them failed. */
export type CumulativeCounts = HourlyCounts;

export type MachineView = { readonly machine: string; readonly state: MachineState; readonly operations: number };

/** A current incident. `openedAt` is `null` until the watch has stored it: only then can somebody acknowledge it. */
export type IncidentView = Incident & {
  readonly level: AlertLevel;
  readonly openedAt: UnixMs | null;
  readonly acknowledgedAt: UnixMs | null;
  readonly remindsAt: UnixMs | null;
  /** When it must be evaluated and decided, and when each was done. */
  readonly deadlines: readonly Deadline[];
};

export type RingView = Assessment & {
  readonly cumulativeCounts: readonly CumulativeCounts[];
  readonly machines: readonly MachineView[];
  readonly scores: readonly number[];
  readonly recentEvents: readonly NotableEvent[];
  readonly rules: RingPolicy;
  readonly progress: RingProgress;
};

export type ConsoleView = {
  /** When the rings were evaluated. The lists beside the verdicts are read for each view. */
  readonly now: UnixMs;
  /** The most severe first. */
  readonly incidents: readonly IncidentView[];
  readonly rings: readonly RingView[];
  readonly policy: Policy;
  /** The last decisions, newest first. */
  readonly decisions: Audit["decisions"];
};

export type ViewPorts = Pick<WatchPorts, "store" | "policy" | "assessor"> & {
  readonly levelOf: (kind: AlertKind) => AlertLevel;
};

/** Gathers what the console shows of the latest evaluation. FEED_*, REGISTER_BROKEN. */
export async function viewOf(ports: ViewPorts): Promise<Attempt<ConsoleView>> {
  const { policy } = ports.policy;
  const evaluated = await ports.assessor.latest();
  if (!evaluated.ok) return evaluated;
  const { at: now, feed, log, rings } = evaluated.value;
  const states = releaseStates(feed, policy, Math.floor(now / 1_000));
  return ok({
    now,
    incidents: await incidentsIn(ports, rings, log, now),
    rings: await Promise.all(rings.map((assessment) => ringView(ports, assessment, states.rings, now))),
    policy,
    decisions: log.decisions.slice(-DECISIONS).toReversed(),
  });
}

async function ringView(
  { store, policy }: ViewPorts,
  assessment: Assessment,
  states: readonly RingProgress[],
  now: UnixMs,
): Promise<RingView> {
  const { ring, version } = assessment;
  const rules = policy.policy.rings[ring];
  const machines = await readMachines(store, assessment);
  return {
    ...assessment,
    cumulativeCounts: await cumulativeCountsOf(store, assessment),
    machines: machines.map((facts) => machineView(facts, rules, now)),
    scores: (await store.scores(assessment)).map(({ score }) => score),
    recentEvents: await store.recentEvents(ring, version, RECENT_EVENTS),
    rules,
    progress: states.find((state) => state.ring === ring) as RingProgress,
  };
}

async function incidentsIn(
  { store, levelOf }: ViewPorts,
  assessments: readonly Assessment[],
  audit: Audit,
  now: UnixMs,
): Promise<IncidentView[]> {
  const open = await store.incidents.open();
  const records = new Map(open.map((one) => [one.id, one]));
  const deadlines = deadlinesOf(open, assessments, audit);
  const late = lateIncidents(open, assessments, audit, now);
  const incidents = [...assessments.flatMap((assessment) => incidentsOf(assessment, audit)), ...late];
  const found = new Map<string, IncidentView>();
  for (const incident of incidents) {
    const level = levelOf(incident.kind);
    const record = records.get(incident.id);
    found.set(incident.id, {
      ...incident,
      level,
      openedAt: record?.openedAt ?? null,
      acknowledgedAt: record?.acknowledgedAt ?? null,
      remindsAt: record ? nextReminder(record, level) : null,
      deadlines: deadlines.filter((one) => one.incident === incident.id),
    });
  }
  const weight = ({ level }: IncidentView) => ALERT_LEVELS.indexOf(level);
  return [...found.values()].toSorted((a, b) => weight(a) - weight(b) || (a.openedAt ?? 0) - (b.openedAt ?? 0));
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

/** Counts by hour, each including all hours before it. */
async function cumulativeCountsOf(
  store: RingStore,
  release: { ring: Ring; version: string; since: UnixMs },
): Promise<CumulativeCounts[]> {
  let [operations, failed] = [0, 0];
  const hours = await store.hours(release.ring, release.version, release.since - HOUR_MS);
  return hours.map((hour) => {
    operations += hour.operations;
    failed += hour.failed;
    return { at: hour.at, operations, failed };
  });
}
