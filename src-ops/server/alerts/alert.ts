import type { Ring } from "../../../src-shared/license/index.ts";
import { HOUR, type UnixSeconds } from "../../../src-shared/units.ts";

export const ALERT_LEVELS = ["critical", "warning", "info"] as const;
export type AlertLevel = (typeof ALERT_LEVELS)[number];

/** Who acts on an incident (docs/rings/runbooks, section "Who"). */
export type Owner = "on-duty" | "release-manager" | "pilot-contact" | "licenses";

type AlertRule = {
  /** Unless the configuration assigns another level. */
  readonly level: AlertLevel;
  readonly owner: Owner;
  /** Within so many hours, in a ring whose policy has no deadlines; `null`: nothing has to be done. */
  readonly hours: number | null;
  /** The next command; `{ring}` and `{incident}` stand for those of the incident. */
  readonly command: string | null;
};

const STATUS = "vaultctl ring status --ring {ring}";
const REPORT = "vaultctl ring report --out rings.html";
const DECIDE = "vaultctl ring decide {incident}";

/** Every kind of alert: how urgent it is, who acts, by when, and the first command. Its runbook has the name of the kind. */
export const ALERT_RULES = {
  signature_error: { level: "critical", owner: "on-duty", hours: 1, command: "vaultctl ring audit" },
  antirollback_error: { level: "critical", owner: "on-duty", hours: 1, command: "vaultctl ring audit" },
  crash: { level: "critical", owner: "on-duty", hours: 1, command: STATUS },
  ring_halted: {
    level: "critical",
    owner: "release-manager",
    hours: 4,
    command: "vaultctl feed rollback --ring {ring}",
  },
  halt_incomplete: { level: "critical", owner: "on-duty", hours: 0.25, command: "vaultctl feed halt --ring {ring}" },
  refusal_unexplained: { level: "critical", owner: "licenses", hours: 4, command: "vaultctl license list" },
  decision_due: { level: "critical", owner: "release-manager", hours: 4, command: DECIDE },
  deadline_missed: { level: "critical", owner: "release-manager", hours: 1, command: DECIDE },
  service_unavailable: { level: "critical", owner: "on-duty", hours: 0.5, command: "vaultctl feed verify" },
  performance_degradation: { level: "warning", owner: "on-duty", hours: 24, command: STATUS },
  high_error_rate: { level: "warning", owner: "on-duty", hours: 4, command: STATUS },
  worse_than_before: { level: "warning", owner: "release-manager", hours: 24, command: REPORT },
  computer_outlier: { level: "warning", owner: "on-duty", hours: 24, command: STATUS },
  class_failing: { level: "warning", owner: "on-duty", hours: 24, command: STATUS },
  computer_unheard: { level: "warning", owner: "pilot-contact", hours: 24, command: "vaultctl license list" },
  downtime: { level: "warning", owner: "on-duty", hours: 24, command: STATUS },
  score_low: { level: "warning", owner: "pilot-contact", hours: 4, command: REPORT },
  pilots_silent: { level: "warning", owner: "pilot-contact", hours: 24, command: STATUS },
  ticket_open: { level: "warning", owner: "pilot-contact", hours: 24, command: STATUS },
  tamper_suspected: { level: "warning", owner: "licenses", hours: 24, command: "vaultctl license list" },
  implausible_telemetry: { level: "warning", owner: "licenses", hours: 24, command: "vaultctl license list" },
  machine_silent: { level: "warning", owner: "pilot-contact", hours: 24, command: "vaultctl license list" },
  channel_failed: { level: "warning", owner: "on-duty", hours: 4, command: "vaultctl ring alert-test" },
  configuration_refused: { level: "warning", owner: "on-duty", hours: 4, command: "vaultctl ring alert-test" },
  expiring: { level: "warning", owner: "release-manager", hours: 24, command: "vaultctl feed status" },
  observation_extended: { level: "info", owner: "release-manager", hours: 24, command: STATUS },
  ring_progression: { level: "info", owner: "release-manager", hours: null, command: STATUS },
  milestone_reached: { level: "info", owner: "release-manager", hours: null, command: null },
} as const satisfies Record<string, AlertRule>;

export type AlertKind = keyof typeof ALERT_RULES;

/** Kinds that concern the server itself. They have to arrive, also where nobody has configured a channel for their level. */
export const OF_THE_SERVER: readonly AlertKind[] = ["channel_failed", "configuration_refused", "expiring"];

/** The kinds of alerts and their levels, unless the configuration assigns other levels. */
export const ALERT_KINDS = Object.fromEntries(
  Object.entries(ALERT_RULES).map(([kind, { level }]) => [kind, level]),
) as Readonly<Record<AlertKind, AlertLevel>>;

/** The level of a kind of alert, unless the configuration assigns another one. */
export function usualLevelOf(kind: AlertKind): AlertLevel {
  return ALERT_RULES[kind].level;
}

/** The id of a missed deadline: that of its incident, and what was not done. */
export const lateIdOf = (incident: string, what: "evaluated" | "decided") => `${incident}-not_${what}`;
const LATE = /-not_(?:evaluated|decided)$/;

/** Who does what by when about an incident. */
export type Task = { readonly owner: Owner; readonly until: UnixSeconds | null; readonly command: string | null };

/**
 * @param evaluatedHours how soon the ring's policy wants an incident evaluated; `null`: the usual time of its kind
 */
export function taskOf(
  kind: AlertKind,
  ring: Ring,
  incident: string,
  openedAt: UnixSeconds,
  evaluatedHours: number | null,
): Task {
  const { owner, hours, command }: AlertRule = ALERT_RULES[kind];
  const soonest = hours === null ? null : Math.min(hours, evaluatedHours ?? hours);
  return {
    owner,
    until: soonest === null ? null : openedAt + soonest * HOUR,
    command: command?.replace("{ring}", ring).replace("{incident}", incident.replace(LATE, "")) ?? null,
  };
}

/** One message about one incident. */
export type Alert = {
  readonly incident: string;
  readonly kind: AlertKind;
  /** `test`: nothing happened, somebody is testing the channels. */
  readonly stage: "opened" | "repeated" | "resolved" | "test";
  readonly ring: Ring;
  readonly version: string;
  /** Since when the incident is open. */
  readonly at: UnixSeconds;
  /** Numbers and reasons from the gates. */
  readonly detail: string;
  /** Nobody acknowledged the incident in time, so the alert also goes to the escalation list. */
  readonly escalated: boolean;
  /** How soon the ring's policy wants an incident evaluated; `null`: the usual time of its kind. */
  readonly evaluatedHours: number | null;
};
