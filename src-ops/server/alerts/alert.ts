import type { Ring } from "../../../src-shared/license/index.ts";
import type { UnixSeconds } from "../../../src-shared/units.ts";

/** The kinds of alerts and their levels, unless the configuration assigns other levels. */
export const ALERT_KINDS = {
  signature_error: "critical",
  antirollback_error: "critical",
  crash: "critical",
  ring_halted: "critical",
  decision_due: "critical",
  service_unavailable: "critical",
  performance_degradation: "warning",
  high_error_rate: "warning",
  tamper_suspected: "warning",
  implausible_telemetry: "warning",
  machine_silent: "warning",
  channel_failed: "warning",
  ring_progression: "info",
  milestone_reached: "info",
} as const satisfies Record<string, "critical" | "warning" | "info">;

export type AlertKind = keyof typeof ALERT_KINDS;
export const ALERT_LEVELS = ["critical", "warning", "info"] as const;
export type AlertLevel = (typeof ALERT_LEVELS)[number];

/** The level of a kind of alert, unless the configuration assigns another one. */
export function usualLevelOf(kind: AlertKind): AlertLevel {
  return ALERT_KINDS[kind];
}

/** One message about one incident. */
export type Alert = {
  readonly incident: string;
  readonly kind: AlertKind;
  /** `test`: nothing happened, somebody is testing the channels. */
  readonly stage: "opened" | "repeated" | "resolved" | "test";
  readonly ring: Ring;
  readonly version: string;
  readonly at: UnixSeconds;
  /** Numbers and reasons from the gates. */
  readonly detail: string;
  /** Nobody acknowledged the incident in time, so the alert also goes to the escalation list. */
  readonly escalated: boolean;
};
