import type { Language } from "../../../src-shared/languages.ts";
import { RINGS } from "../../../src-shared/license/index.ts";
import { type MachineFacts, type Policy, readMachines, type RingPolicy } from "../../gates/index.ts";
import type { Attempt } from "../../failure.ts";
import { releaseStates, type RingProgress } from "../../feed/index.ts";
import { ALERT_LEVELS, type AlertKind, type AlertLevel } from "../alerts/index.ts";
import {
  type Assessment,
  type Audit,
  type Deadline,
  deadlinesOf,
  haltOriginOf,
  lateIncidents,
  nextReminder,
  type Incident,
  incidentsOf,
  storedServiceIncidents,
  type WatchPorts,
} from "../decisions/index.ts";
import { type HaltOrigin, type VerdictName, verdictOf } from "../wording/index.ts";
import type { CrashGroup, HourlyCounts, RingStore, NotableEvent } from "../store/index.ts";
import type { MachineState } from "./message-catalog.ts";
import { DAY, HOUR, type UnixMs } from "../../../src-shared/units.ts";
import { ok } from "../../../src-shared/result.ts";

const HOUR_MS = HOUR * 1_000;
const DAY_MS = DAY * 1_000;
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

/** The version that the ring ran before, and its operations by day in the weeks before the release. */
export type VersionBefore = { readonly version: string; readonly days: readonly HourlyCounts[] };

export type RingView = Assessment & {
  readonly cumulativeCounts: readonly CumulativeCounts[];
  /** Operations in an hour, on average over the last day. */
  readonly perHour: number;
  readonly days: readonly HourlyCounts[];
  readonly before: VersionBefore | undefined;
  readonly origin: HaltOrigin | undefined;
  readonly machines: readonly MachineView[];
  readonly scores: readonly number[];
  readonly crashes: readonly CrashGroup[];
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
export async function viewOf(ports: ViewPorts, language: Language): Promise<Attempt<ConsoleView>> {
  const { policy } = ports.policy;
  const evaluated = await ports.assessor.latest();
  if (!evaluated.ok) return evaluated;
  const { at: now, feed, log, rings } = evaluated.value;
  const states = releaseStates(feed, policy, Math.floor(now / 1_000));
  return ok({
    now,
    incidents: await incidentsIn(ports, rings, log, now, language),
    rings: (await Promise.all(rings.map((assessment) => ringView(ports, assessment, states.rings, log, now)))).toSorted(
      (a, b) => severityOf(a) - severityOf(b),
    ),
    policy,
    decisions: log.decisions.slice(-DECISIONS).toReversed(),
  });
}

async function ringView(
  { store, policy }: ViewPorts,
  assessment: Assessment,
  states: readonly RingProgress[],
  log: Audit,
  now: UnixMs,
): Promise<RingView> {
  const { ring, version, build, since } = assessment;
  const hours = await store.hours(ring, version, since - HOUR_MS);
  const rules = policy.policy.rings[ring];
  const machines = await readMachines(store, assessment);
  return {
    ...assessment,
    cumulativeCounts: cumulativeCountsOf(hours),
    perHour: perHourOf(hours, since, now),
    days: byDay(hours),
    before: await versionBefore(store, assessment, log),
    origin: haltOriginOf(log, ring, build),
    machines: machines.map((facts) => machineView(facts, rules, now)),
    scores: (await store.scores(assessment)).map(({ score }) => score),
    crashes: await store.crashes(ring, version, since),
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
  language: Language,
): Promise<IncidentView[]> {
  const open = await store.incidents.open();
  const records = new Map(open.map((one) => [one.id, one]));
  const deadlines = deadlinesOf(open, assessments, audit);
  const late = lateIncidents(open, assessments, audit, now, language);
  const incidents = [
    ...assessments.flatMap((assessment) => incidentsOf(assessment, audit, language)),
    ...late,
    ...storedServiceIncidents(open),
  ];
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
function cumulativeCountsOf(hours: readonly HourlyCounts[]): CumulativeCounts[] {
  let [operations, failed] = [0, 0];
  return hours.map((hour) => {
    operations += hour.operations;
    failed += hour.failed;
    return { at: hour.at, operations, failed };
  });
}

function perHourOf(hours: readonly HourlyCounts[], since: UnixMs, now: UnixMs): number {
  const span = Math.min(DAY_MS, Math.max(HOUR_MS, now - since));
  const recent = hours.filter(({ at }) => at > now - span);
  return recent.reduce((sum, { operations }) => sum + operations, 0) / (span / HOUR_MS);
}

/** Counts by day (UTC); `at` is the start of the day. An hour is named by its end. */
function byDay(hours: readonly HourlyCounts[]): HourlyCounts[] {
  const days = new Map<number, HourlyCounts>();
  for (const { at: end, operations, failed } of hours) {
    const at = Math.floor((end - 1) / DAY_MS) * DAY_MS;
    const day = days.get(at) ?? { at, operations: 0, failed: 0 };
    days.set(at, { at, operations: day.operations + operations, failed: day.failed + failed });
  }
  return [...days.values()];
}

async function versionBefore(
  store: RingStore,
  { ring, version, since }: Assessment,
  { decisions }: Audit,
): Promise<VersionBefore | undefined> {
  const last = decisions.findLast(
    ({ decision }) => decision.kind === "watch" && decision.ring === ring && decision.version !== version,
  )?.decision;
  if (last?.kind !== "watch") return undefined;
  const hours = await store.hours(ring, last.version, Math.floor((since - WEEKS_BEFORE) / HOUR_MS) * HOUR_MS);
  const days = byDay(hours.filter(({ at }) => at <= since + HOUR_MS));
  return days.length === 0 ? undefined : { version: last.version, days };
}

const WEEKS_BEFORE = 28 * DAY_MS;

const SEVERITIES: readonly VerdictName[] = ["halted", "fail", "rolledBack", "inconclusive", "pass"];

/** The worst ring comes first; of two that are equally bad, the one with more computers. */
function severityOf(ring: RingView): number {
  return SEVERITIES.indexOf(verdictOf(ring)) * RINGS.length - RINGS.indexOf(ring.ring);
}
