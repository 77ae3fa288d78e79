import { type Ring, RINGS } from "../../src-shared/license/index.ts";
import type { Policy, PolicyFile } from "../../src-ops/gates/index.ts";
import { ALERT_KINDS, type AlertKind, type AlertLevel, windowName } from "../../src-ops/server/index.ts";
import { type Rule, rulesFile } from "./rule.ts";
import { serverRules } from "./server-rules.ts";

const M = "usb_video_vault_";

/** All alerting rules that follow from a policy, as a file for Prometheus. */
export function ringRules({ policy, hash }: PolicyFile, jobName: string): string {
  const comment = [
    `Made by \`npm run -s monitoring\` from the policy ${policy.name} ${policy.version} (${hash.slice(0, 16)}).`,
    "Change the policy and make it again instead of editing this file.",
  ];
  return rulesFile(comment, [
    ["usb-video-vault-burn", RINGS.flatMap((ring) => burnRules(ring, policy))],
    ["usb-video-vault-incidents", incidentRules()],
    ["usb-video-vault-silence", RINGS.map((ring) => silenceRule(ring, policy))],
    ["usb-video-vault-server", serverRules(policy, hash, jobName)],
  ]);
}

/**
 * Several windows for each speed, on what the server counted by when it happened: a rise of the counters would
 * take yesterday's operations of a computer that was offline for today's. One failure of ten operations is a hundred
 * times the limit, hence the least numbers.
 */
function burnRules(ring: Ring, { rings, budget }: Policy): readonly Rule[] {
  const limit = rings[ring].errors.below;
  return budget.burns.map(({ longMinutes, shortMinutes, factor, severity, operations, failed }) => {
    const [long, short] = [windowName(longMinutes), windowName(shortMinutes)];
    // Several servers on one database say the same.
    const of = (name: string, window: string) =>
      `max without (instance) (${M}window_${name}{ring="${ring}",window="${window}"})`;
    const isFast = (window: string) =>
      `${of("failed_operations", window)} / ${of("operations", window)} >= ${Number((factor * limit).toPrecision(9))}`;
    return {
      alert: severity === "page" ? "ErrorBudgetBurnsFast" : "ErrorBudgetBurns",
      expr: [
        isFast(long),
        `and ignoring(window) (${isFast(short)})`,
        `and ignoring(window) ${of("operations", long)} >= ${operations}`,
        `and ignoring(window) ${of("failed_operations", long)} >= ${failed}`,
      ].join(" "),
      for: "0s",
      severity,
      labels: { ring, factor: String(factor) },
      summary: `${ring} {{ $labels.version }} burns its error budget ${factor} times too fast`,
      description: `Over ${long} and over ${short} failed operations are at least ${factor} times the limit of ${limit * 100} %.`,
      runbook: "error_budget_burn",
    };
  });
}

const TOLD: Readonly<Record<Exclude<AlertLevel, "info">, readonly [string, Rule["severity"]]>> = {
  critical: ["CriticalIncident", "page"],
  warning: ["Incident", "ticket"],
};

/** The same incidents that the server tells by its own channels: they arrive even where those fail. */
function incidentRules(): readonly Rule[] {
  return (["critical", "warning"] as const).map((level): Rule => {
    const [alert, severity] = TOLD[level];
    const kinds = (Object.keys(ALERT_KINDS) as AlertKind[]).filter((kind) => ALERT_KINDS[kind] === level);
    return {
      alert,
      expr: `max by (ring, version, build, kind) (${M}incidents_open{kind=~"${kinds.join("|")}"}) > 0`,
      for: "0s",
      severity,
      summary: "{{ $labels.ring }} {{ $labels.version }}: {{ $labels.kind }}",
      description: "The incident is open; the console and `vaultctl ring status` say why.",
      runbook: "{{ $labels.kind }}",
    };
  });
}

function silenceRule(ring: Ring, { rings }: Policy): Rule {
  const { reportedWithinHours } = rings[ring].machines;
  const of = (name: string) => `max without (instance) (${M}${name}{ring="${ring}"})`;
  const last = `${of("last_event_timestamp_seconds")} or ${of("release_since_timestamp_seconds")}`;
  return {
    alert: "RingSilent",
    expr: `time() - (${last}) > ${reportedWithinHours * 3_600}`,
    for: "15m",
    severity: "ticket",
    labels: { ring },
    summary: `No computer of ${ring} has told anything of {{ $labels.version }}`,
    description: `Nothing was heard for ${reportedWithinHours} hours. What is not heard is not green.`,
    runbook: "machine_silent",
  };
}
