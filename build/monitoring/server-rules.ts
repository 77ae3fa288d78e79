import type { Policy } from "../../src-ops/gates/index.ts";
import type { Rule } from "./rule.ts";

const M = "usb_video_vault_";

// Three evaluations at the default interval.
const STALE_SECONDS = 900;

/** Rules on the ring server's own metrics, and on their absence. */
export function serverRules({ rings }: Policy, hash: string, jobName: string): readonly Rule[] {
  const outage = Math.min(...Object.values(rings).map(({ availability }) => availability.unavailableMinutes));
  return [
    {
      alert: "RingServerDown",
      expr: `up{job="${jobName}"} == 0 or absent(up{job="${jobName}"})`,
      for: "5m",
      severity: "page",
      summary: "The ring server does not answer",
      description: "No reports are received and no ring is judged: a bad release would not be halted.",
      runbook: "ring_server_down",
    },
    {
      alert: "EvaluationStale",
      expr: `time() - max(${M}watch_last_success_timestamp_seconds) > ${STALE_SECONDS} or max(${M}assessment_success) == 0`,
      for: "5m",
      severity: "page",
      summary: "The rings are no longer judged",
      description: "The server cannot evaluate the rings: the feed, the register or the database cannot be read.",
      runbook: "evaluation_stale",
    },
    {
      alert: "Unavailable",
      expr: `time() - max by (target) (${M}probe_last_success_timestamp_seconds) > ${outage * 60}`,
      for: "0s",
      severity: "page",
      summary: `{{ $labels.target }} has not been reachable for more than ${outage} minutes`,
      description: "Probed as a client would reach it. No ring is promoted until it is reachable again (R-22).",
      runbook: "service_unavailable",
    },
    {
      alert: "IngestCannotKeep",
      expr: `increase(${M}ingest_requests_total{result=~"storage.*|internal|other"}[10m]) > 0`,
      for: "0s",
      severity: "page",
      summary: "The ring server cannot store the telemetry that it receives",
      description: "Computers were asked to retry later; they keep their events.",
      runbook: "ingest_failing",
    },
    {
      alert: "ForgedTelemetry",
      expr: `sum(increase(${M}ingest_requests_total{result=~"enrolment_invalid|statement_not_signed|not_this_computer"}[1h])) > 20`,
      for: "0s",
      severity: "ticket",
      summary: "Telemetry with an invalid signature arrives",
      description: "It was refused and has no effect on the rings.",
      runbook: "forged_telemetry",
    },
    {
      alert: "AlertsUndelivered",
      expr: `max(${M}alerts_undelivered) > 0`,
      for: "10m",
      severity: "page",
      summary: "Alerts of the ring server are not delivered",
      description: "The server retries them at every evaluation.",
      runbook: "channel_failed",
    },
    {
      alert: "UnexpectedErrors",
      expr: `sum by (source) (increase(${M}unexpected_errors_total[1h])) > 0`,
      for: "0s",
      severity: "ticket",
      summary: "The ring server has met an error that only a bug explains ({{ $labels.source }})",
      description: "It goes on. The line server.unexpected of its log says where the error happened.",
      runbook: "unexpected_errors",
    },
    {
      alert: "RulesOfAnotherPolicy",
      expr: `${M}policy_info{hash!="${hash}"} == 1`,
      for: "5m",
      severity: "ticket",
      summary: "These rules were generated from a different policy than the ring server uses",
      description: "Generate them again: npm run -s monitoring.",
      runbook: "rules_of_another_policy",
    },
  ];
}
