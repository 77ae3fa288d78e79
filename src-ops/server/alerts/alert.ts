import type { Ring } from "../../../src-shared/license/index.ts";
import type { UnixSeconds } from "../../../src-shared/units.ts";

/** What an alert may be about, and how urgent it is unless the configuration says otherwise. */
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
  machine_silent: "warning",
  channel_failed: "warning",
  ring_progression: "info",
  milestone_reached: "info",
} as const satisfies Record<string, "critical" | "warning" | "info">;

export type AlertKind = keyof typeof ALERT_KINDS;
export const ALERT_LEVELS = ["critical", "warning", "info"] as const;
export type AlertLevel = (typeof ALERT_LEVELS)[number];

/** Of a kind that the configuration does not give another one. */
export function usualLevelOf(kind: AlertKind): AlertLevel {
  return ALERT_KINDS[kind];
}

/** One message about one incident. */
export type Alert = {
  readonly incident: string;
  readonly kind: AlertKind;
  /** `test`: nothing happened, somebody tries the channels. */
  readonly stage: "opened" | "repeated" | "resolved" | "test";
  readonly ring: Ring;
  readonly version: string;
  readonly at: UnixSeconds;
  /** Numbers and reasons as the gates gave them. */
  readonly detail: string;
  /** Nobody has answered for so long that those on the escalation list are told too. */
  readonly escalated: boolean;
};
