import type { Alert, AlertKind, AlertLevel, Owner } from "./alert.ts";

type KindTexts = {
  readonly what: string;
  readonly now: string;
  /** Instead of `what` in an SMS, where that would be cut. */
  readonly brief?: string;
};

/** The texts of alerts in one language. */
export type AlertTexts = {
  readonly levels: Readonly<Record<AlertLevel, string>>;
  readonly stages: Readonly<Record<Alert["stage"], string>>;
  readonly kinds: Readonly<Record<AlertKind, KindTexts>>;
  readonly nothingHappened: string;
  readonly escalated: string;
  readonly resolvedNow: string;
  readonly shortTask: (who: string, until: string) => string;
  readonly owners: Readonly<Record<Owner, string>>;
  readonly labels: {
    readonly who: string;
    readonly by: string;
    readonly next: string;
    readonly ring: string;
    readonly version: string;
    readonly at: string;
    readonly incident: string;
    readonly runbook: string;
  };
};
