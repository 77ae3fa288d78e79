import type { Counters } from "../../gates/index.ts";
import { ALERT_KINDS, type AlertKind } from "../alerts/index.ts";
import { counter, type Family, gauge, stateSamples } from "./exposition.ts";
import { gateFamilies } from "./gate-families.ts";
import { each, labelsOf } from "./labels.ts";
import { machineFamilies } from "./machine-families.ts";
import { peopleFamilies } from "./people-families.ts";
import type { ReleaseReport } from "./release-report.ts";

/** The metrics of the rings' releases. Only each ring's current release is shown, to limit the number of series. */
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

// These counters start at zero with each release, so that the first event is visible as an increase. Erasing a computer
// subtracts its counts, which looks like a counter reset: no alert rule depends on their increase.
const COUNTERS: readonly (readonly [string, string, (totals: Counters) => number])[] = [
  ["operations_total", "Operations since the ring began to run the release.", ({ operations }) => operations],
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
  ["signature_events_total", "Refusals because of a signature, whatever the cause.", ({ signature }) => signature],
  ["rollback_events_total", "Refusals of something older than before, whatever the cause.", ({ rollback }) => rollback],
  ["faults_total", "Faults that the app noted.", ({ faults }) => faults],
];

function stateFamilies(reports: readonly ReleaseReport[]): readonly Family[] {
  const verdicts = reports.flatMap((report) =>
    stateSamples("verdict", ["pass", "fail", "inconclusive"], report.assessment.verdict, labelsOf(report)),
  );
  return [
    gauge("release_verdict", "The verdict of the gates: 1 for the current verdict, 0 for the others.", verdicts),
    gauge(
      "release_halted",
      "Whether the release is halted.",
      each(reports, ({ assessment }) => Number(assessment.isHalted)),
    ),
    gauge(
      "release_build_epoch",
      "The epoch of the release's build; builds below the floor must not run.",
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
    gauge("genuine_refusals", "Refusals of genuine and current licenses for which the release is to blame.", genuine),
    gauge(
      "suspected_refusals",
      "Refusals of files that were altered, or older than before.",
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
      "The unused share of the failures that the limit allows; absent before the first operation.",
      each(reports, ({ assessment }) => assessment.budget?.left),
    ),
    gauge(
      "error_rate_limit_ratio",
      "The share of failed operations that the policy allows.",
      each(reports, ({ limit }) => limit),
    ),
    gauge(
      "window_operations",
      "Operations that happened in the window.",
      windows(({ operations }) => operations),
    ),
    gauge(
      "window_failed_operations",
      "Operations in the window that failed.",
      windows(({ failed }) => failed),
    ),
    gauge(
      "burn_rate_ratio",
      "Failure rate in the window, as a multiple of the limit.",
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
  return gauge("incidents_open", "Open incidents by kind.", samples);
}

/** A duration in Prometheus' notation: 5m, 1h, 3d. */
export function windowName(minutes: number): string {
  if (minutes % 1_440 === 0) return `${minutes / 1_440}d`;
  return minutes % 60 === 0 ? `${minutes / 60}h` : `${minutes}m`;
}
