const M = "usb_video_vault_";
const OF = `version="1.2.0",build="b1"`;
const JOB = `job="usb-video-vault-rings"`;

/** Series from minute 0, one value per step, and all alerts of one name that fire at a given time, by their labels. */
export type RuleCase = {
  readonly name: string;
  readonly series: Readonly<Record<string, string>>;
  readonly at: string;
  readonly alert: string;
  readonly fires: readonly Readonly<Record<string, string>>[];
};

const release = (ring: string) => ({ ring, version: "1.2.0", build: "b1" });

function exposure(ring: string, windows: Readonly<Record<string, readonly [number, number]>>): Record<string, string> {
  const of = (window: string) => `{ring="${ring}",${OF},window="${window}"}`;
  return Object.fromEntries(
    Object.entries(windows).flatMap(([window, [operations, failed]]) => [
      [`${M}window_operations${of(window)}`, `${operations}x10`],
      [`${M}window_failed_operations${of(window)}`, `${failed}x10`],
    ]),
  );
}

const RINGS: readonly RuleCase[] = [
  {
    name: "burns 14.4 times too fast over an hour and over five minutes",
    series: exposure("ring0", { "1h": [200, 3], "5m": [20, 1] }),
    at: "1m",
    alert: "ErrorBudgetBurnsFast",
    fires: [{ ...release("ring0"), window: "1h", factor: "14.4" }],
  },
  {
    name: "burns too fast, reported by two servers on one database",
    series: Object.fromEntries(
      Object.entries(exposure("ring0", { "1h": [200, 3], "5m": [20, 1] })).flatMap(([series, values]) =>
        ["a", "b"].map((instance) => [series.replace("}", `,instance="${instance}"}`), values]),
      ),
    ),
    at: "1m",
    alert: "ErrorBudgetBurnsFast",
    fires: [{ ...release("ring0"), window: "1h", factor: "14.4" }],
  },
  {
    name: "burnt too fast an hour ago, but not now",
    series: exposure("ring0", { "1h": [200, 3], "5m": [20, 0] }),
    at: "1m",
    alert: "ErrorBudgetBurnsFast",
    fires: [],
  },
  {
    name: "one failure in ten operations, a hundred times the limit",
    series: exposure("ring0", { "1h": [10, 1], "5m": [10, 1], "6h": [10, 1], "30m": [10, 1] }),
    at: "1m",
    alert: "ErrorBudgetBurnsFast",
    fires: [],
  },
  {
    name: "three failures, but in few operations",
    series: exposure("ring0", { "1h": [99, 3], "5m": [10, 3] }),
    at: "1m",
    alert: "ErrorBudgetBurnsFast",
    fires: [],
  },
  {
    name: "burns six times too fast over six hours, in its own ring",
    series: {
      ...exposure("ga", { "6h": [500, 3], "30m": [20, 1] }),
      ...exposure("ring1", { "6h": [500, 2], "30m": [20, 1] }),
    },
    at: "1m",
    alert: "ErrorBudgetBurnsFast",
    fires: [{ ...release("ga"), window: "6h", factor: "6" }],
  },
  {
    name: "burns slowly for a day",
    series: exposure("ring1", { "1d": [900, 3], "2h": [300, 1] }),
    at: "1m",
    alert: "ErrorBudgetBurns",
    fires: [{ ...release("ring1"), window: "1d", factor: "3" }],
  },
  {
    name: "keeps within its budget for three days",
    series: exposure("ring1", { "3d": [4000, 3], "6h": [500, 1], "1d": [4000, 3], "2h": [100, 0] }),
    at: "1m",
    alert: "ErrorBudgetBurns",
    fires: [],
  },
  {
    name: "an incident of each level",
    series: {
      [`${M}incidents_open{ring="ring0",${OF},kind="crash"}`]: "1x10",
      [`${M}incidents_open{ring="ring0",${OF},kind="machine_silent"}`]: "1x10",
      [`${M}incidents_open{ring="ring0",${OF},kind="ring_progression"}`]: "1x10",
      [`${M}incidents_open{ring="ring1",${OF},kind="crash"}`]: "0x10",
    },
    at: "1m",
    alert: "CriticalIncident",
    fires: [{ ...release("ring0"), kind: "crash" }],
  },
  {
    name: "a computer that stopped reporting",
    series: { [`${M}incidents_open{ring="ring1",${OF},kind="machine_silent"}`]: "1x10" },
    at: "1m",
    alert: "Incident",
    fires: [{ ...release("ring1"), kind: "machine_silent" }],
  },
  {
    name: "a crash series that starts at 1: fires at once, because the rule does not need an increase",
    series: { [`${M}incidents_open{ring="ring0",${OF},kind="crash"}`]: "_x4 1x5" },
    at: "5m",
    alert: "CriticalIncident",
    fires: [{ ...release("ring0"), kind: "crash" }],
  },
];

// A day and more, in steps of half an hour.
export const SILENCE: readonly RuleCase[] = [
  {
    name: "no reports since the release began, for longer than the policy allows",
    series: { [`${M}release_since_timestamp_seconds{ring="ring0",${OF}}`]: "0x60" },
    at: "25h",
    alert: "RingSilent",
    fires: [release("ring0")],
  },
  {
    name: "a ring that has reported",
    series: {
      [`${M}release_since_timestamp_seconds{ring="ring0",${OF}}`]: "0x60",
      [`${M}last_event_timestamp_seconds{ring="ring0",${OF}}`]: "0+1800x60",
    },
    at: "25h",
    alert: "RingSilent",
    fires: [],
  },
];

const SERVER: readonly RuleCase[] = [
  {
    name: "a server that does not answer",
    series: { [`up{${JOB}}`]: "0x10" },
    at: "6m",
    alert: "RingServerDown",
    fires: [{ job: "usb-video-vault-rings" }],
  },
  {
    name: "a server that is no longer scraped",
    series: { [`up{job="other"}`]: "1x10" },
    at: "6m",
    alert: "RingServerDown",
    fires: [{ job: "usb-video-vault-rings" }],
  },
  { name: "a server that answers", series: { [`up{${JOB}}`]: "1x10" }, at: "6m", alert: "RingServerDown", fires: [] },
  {
    name: "a last evaluation that is too old",
    series: {
      [`${M}watch_last_success_timestamp_seconds{${JOB}}`]: "0x40",
      [`${M}assessment_success{${JOB}}`]: "1x40",
    },
    at: "21m",
    alert: "EvaluationStale",
    fires: [{}],
  },
  {
    name: "an evaluation every minute, by one of two servers",
    series: {
      [`${M}watch_last_success_timestamp_seconds{instance="a"}`]: "0+60x40",
      [`${M}watch_last_success_timestamp_seconds{instance="b"}`]: "0x40",
      [`${M}assessment_success{instance="a"}`]: "1x40",
    },
    at: "21m",
    alert: "EvaluationStale",
    fires: [],
  },
  {
    name: "evaluations that fail",
    series: {
      [`${M}watch_last_success_timestamp_seconds{${JOB}}`]: "0+60x40",
      [`${M}assessment_success{${JOB}}`]: "0x40",
    },
    at: "6m",
    alert: "EvaluationStale",
    fires: [{}],
  },
  {
    name: "a feed that is unreachable for more than half an hour",
    series: {
      [`${M}probe_last_success_timestamp_seconds{target="feed"}`]: "0x40",
      [`${M}probe_last_success_timestamp_seconds{target="ingest"}`]: "0+60x40",
    },
    at: "31m",
    alert: "Unavailable",
    fires: [{ target: "feed" }],
  },
  {
    name: "a feed that is unreachable for half an hour",
    series: { [`${M}probe_last_success_timestamp_seconds{target="feed"}`]: "0x40" },
    at: "30m",
    alert: "Unavailable",
    fires: [],
  },
  {
    name: "the first batch that could not be stored",
    series: { [`${M}ingest_requests_total{path="/v1/logs",result="storage_full"}`]: "0x3 1x10" },
    at: "6m",
    alert: "IngestCannotKeep",
    fires: [{ path: "/v1/logs", result: "storage_full" }],
  },
  {
    name: "batches that were stored",
    series: {
      [`${M}ingest_requests_total{path="/v1/logs",result="storage_full"}`]: "0x10",
      [`${M}ingest_requests_total{path="/v1/logs",result="ok"}`]: "0+9x10",
    },
    at: "6m",
    alert: "IngestCannotKeep",
    fires: [],
  },
  {
    name: "many forged batches",
    series: { [`${M}ingest_requests_total{path="/v1/logs",result="statement_not_signed"}`]: "0+2x60" },
    at: "30m",
    alert: "ForgedTelemetry",
    fires: [{}],
  },
  {
    name: "one batch with an invalid signature",
    series: { [`${M}ingest_requests_total{path="/v1/logs",result="statement_not_signed"}`]: "0x3 1x60" },
    at: "30m",
    alert: "ForgedTelemetry",
    fires: [],
  },
  {
    name: "alerts that are not delivered",
    series: { [`${M}alerts_undelivered`]: "2x20" },
    at: "11m",
    alert: "AlertsUndelivered",
    fires: [{}],
  },
  {
    name: "alerts that were undelivered for a short time",
    series: { [`${M}alerts_undelivered`]: "2x4 0x20" },
    at: "11m",
    alert: "AlertsUndelivered",
    fires: [],
  },
  {
    name: "an unexpected error of one part",
    series: {
      [`${M}unexpected_errors_total{source="http"}`]: "0x3 1x20",
      [`${M}unexpected_errors_total{source="watch"}`]: "0x20",
    },
    at: "11m",
    alert: "UnexpectedErrors",
    fires: [{ source: "http" }],
  },
  {
    name: "a server without unexpected errors",
    series: { [`${M}unexpected_errors_total{source="http"}`]: "0x20" },
    at: "11m",
    alert: "UnexpectedErrors",
    fires: [],
  },
  {
    name: "a server that judges by another policy",
    series: { [`${M}policy_info{hash="0123",name="default",policy_version="1"}`]: "1x10" },
    at: "6m",
    alert: "RulesOfAnotherPolicy",
    fires: [{ hash: "0123", name: "default", policy_version: "1" }],
  },
];

export const CASES: readonly RuleCase[] = [...RINGS, ...SERVER];
