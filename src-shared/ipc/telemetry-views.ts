import * as v from "valibot";
import { OCCASIONS } from "../feedback/index.ts";
import { NonNegativeInteger } from "../integers.ts";
import { RINGS } from "../license/index.ts";
import { SessionState } from "../telemetry/index.ts";

/** Whether telemetry may be stored and sent: only if the person has agreed (docs/formats/telemetry.md). */
export const CONSENTS = ["unasked", "given", "refused"] as const;
export type Consent = (typeof CONSENTS)[number];

/** Whether the server was asked to erase the data of this computer: `waiting` until it has confirmed. */
export const ERASURES = ["none", "waiting", "done"] as const;
export type Erasure = (typeof ERASURES)[number];

const Count = NonNegativeInteger;

/** The health of this computer, for staff: what telemetry counts of the current session. */
export const HealthView = v.object({
  /** Milliseconds until the page could be used; `null`: unknown, because counting began later. */
  startMs: v.nullable(Count),
  uptimeMs: Count,
  downMs: Count,
  cpuMs: Count,
  memory: SessionState.entries.memory,
  faults: Count,
  security: SessionState.entries.security,
  crashes: SessionState.entries.crashes,
  lost: SessionState.entries.lost,
  queue: v.object({ events: Count, bytes: Count }),
  /** When a server last accepted a batch, in this run; seconds. */
  delivered: v.nullable(Count),
});
export type HealthView = v.InferOutput<typeof HealthView>;

export const TelemetryView = v.object({
  consent: v.picklist(CONSENTS),
  /**
   * The ring of an enrolment for this computer, which is an invitation and never consent; `null`: there is nothing to
   * ask.
   */
  invitation: v.nullable(v.picklist(RINGS)),
  erasure: v.picklist(ERASURES),
  /** Why a pilot should be asked for an opinion now; `null`: not now. */
  survey: v.nullable(v.picklist(OCCASIONS)),
});
export type TelemetryView = v.InferOutput<typeof TelemetryView>;

/** One part of the next batch, as it would be sent now. */
export const TelemetryPart = v.object({
  kind: v.picklist(["logs", "metrics", "file"]),
  /** The server that it is sent to; `null`: it stays on this computer. */
  to: v.nullable(v.string()),
  /** Whether the enrolment and a signature of this computer are sent with it. */
  signed: v.boolean(),
  /** The body, indented. */
  text: v.string(),
});
export type TelemetryPart = v.InferOutput<typeof TelemetryPart>;
