import type { Counters } from "../../gates/index.ts";
import { ALERT_KINDS, type AlertKind } from "../alerts/index.ts";
import { counter, type Family, gauge, stateSamples } from "./exposition.ts";
import { gateFamilies } from "./gate-families.ts";
import { each, labelsOf } from "./labels.ts";
import { machineFamilies } from "./machine-families.ts";
import { peopleFamilies } from "./people-families.ts";
import type { ReleaseReport } from "./release-report.ts";

/** What `/metrics` says of the rings' releases: each ring's current one alone, so that the labels stay few. */
export function releaseFamilies(reports: readonly ReleaseReport[]): readonly Family[] {
  return [
    ...stateFamilies(reports),
    ...COUNTERS.map(([name, help, of]) =>
      counter(
        name,
        help,
        each(reports, ({ totals }) => of(totals)),
      ),
    ),
    ...securityFamilies(reports),
    ...budgetFamilies(reports),
    ...gateFamilies(reports),
    ...machineFamilies(reports),
    ...peopleFamilies(reports),
    incidentFamily(reports),
  ];
}

// They begin at nothing with the release, so that the first one is seen as a rise. A computer that is forgotten takes
// its part with it, which looks like a restart of the counter: no rule is built on their rise.
const COUNTERS: readonly (readonly [string, string, (totals: Counters) => number])[] = [
  ["operations_total", "Operations since the ring runs the release.", ({ operations }) => operations],
  ["failed_operations_total", "Operations that failed.", ({ failed }) => failed],
  ["attempts_total", "Starts, unlocks and plays that were tried.", ({ attempts }) => attempts],
  ["failed_attempts_total", "Starts, unlocks and plays that failed.", ({ attemptsFailed }) => attemptsFailed],
  ["starts_total", "Healthy starts of the app.", ({ starts }) => starts],
  ["slow_starts_total", "Healthy starts over five seconds.", ({ slowStarts }) => slowStarts],
  ["license_verdicts_total", "License verdicts.", ({ verdicts }) => verdicts],
  ["slow_license_verdicts_total", "License verdicts over one second.", ({ slowVerdicts }) => slowVerdicts],
  ["uptime_seconds_total", "Time of sessions.", ({ uptimeMs }) => uptimeMs / 1_000],
  ["downtime_seconds_total", "Time of sessions lost to crashes and hangs.", ({ downMs }) => downMs / 1_000],
  ["crashes_total", "Crashes of any process.", ({ crashes }) => crashes],
  ["signature_events_total", "Refusals for a signature, whoever is to blame.", ({ signature }) => signature],
  [
    "rollback_events_total",
    "Refusals of something older than before, whoever is to blame.",
    ({ rollback }) => rollback,
  ],
  ["faults_total", "Faults that the app noted.", ({ faults }) => faults],
];

function stateFamilies(reports: readonly ReleaseReport[]): readonly Family[] {
  const verdicts = reports.flatMap((report) =>
    stateSamples("verdict", ["pass", "fail", "inconclusive"], report.assessment.verdict, labelsOf(report)),
  );
  return [
    gauge("release_verdict", "What the gates find: 1 for the verdict that holds.", verdicts),
    gauge(
      "release_halted",
      "Whether the release is halted.",
      each(reports, ({ assessment }) => Number(assessment.isHalted)),
    ),
    gauge(
      "release_build_epoch",
      "The epoch of the release's build: none below the floor may run.",
      each(reports, ({ assessment }) => assessment.buildEpoch),
    ),
    gauge(
      "release_since_timestamp_seconds",
      "When the ring began to run the release.",
      each(reports, ({ assessment }) => assessment.since / 1_000),
    ),
  ];
}

function securityFamilies(reports: readonly ReleaseReport[]): readonly Family[] {
  const genuine = reports.flatMap((report) =>
    (["signature", "rollback"] as const).map((what) => ({
      labels: { ...labelsOf(report), what },
      value: report.assessment.genuine[what],
    })),
  );
  return [
    gauge("genuine_refusals", "Refusals of files that are genuine and current: the release is to blame.", genuine),
    gauge(
      "suspected_refusals",
      "Refusals of files that nobody here knows: somebody has altered them.",
      each(reports, ({ assessment }) => assessment.suspected),
    ),
  ];
}

function budgetFamilies(reports: readonly ReleaseReport[]): readonly Family[] {
  const windows = (of: (exposure: { operations: number; failed: number }, limit: number) => number) =>
    reports.flatMap((report) =>
      [...report.exposures].map(([minutes, exposure]) => ({
        labels: { ...labelsOf(report), window: windowName(minutes) },
        value: of(exposure, report.limit),
      })),
    );
  return [
    gauge(
      "error_budget_left_ratio",
      "What is left of the failures that the limit allows; absent before the first operation.",
      each(reports, ({ assessment }) => assessment.budget?.left),
    ),
    gauge(
      "error_rate_limit_ratio",
      "The share of failed operations that the policy allows.",
      each(reports, ({ limit }) => limit),
    ),
    gauge(
      "window_operations",
      "Operations in the window, by when they happened.",
      windows(({ operations }) => operations),
    ),
    gauge(
      "window_failed_operations",
      "Operations in the window that failed.",
      windows(({ failed }) => failed),
    ),
    gauge(
      "burn_rate_ratio",
      "How many times faster than the limit allows operations failed in the window.",
      windows(({ operations, failed }, limit) => (operations > 0 ? failed / operations / limit : 0)),
    ),
  ];
}

function incidentFamily(reports: readonly ReleaseReport[]): Family {
  const kinds = Object.keys(ALERT_KINDS) as AlertKind[];
  const samples = reports.flatMap((report) =>
    kinds.map((kind) => ({
      labels: { ...labelsOf(report), kind },
      value: report.incidents.filter((one) => one === kind).length,
    })),
  );
  return gauge("incidents_open", "Incidents that are open, by their kind.", samples);
}

/** As Prometheus writes a duration: 5m, 1h, 3d. */
export function windowName(minutes: number): string {
  if (minutes % 1_440 === 0) return `${minutes / 1_440}d`;
  return minutes % 60 === 0 ? `${minutes / 60}h` : `${minutes}m`;
}
