import * as v from "valibot";
import { RINGS } from "../license/index.ts";

/** Whether telemetry may be kept and sent: only where the person said so (docs/formats/telemetry.md). */
export const CONSENTS = ["unasked", "given", "refused"] as const;
export type Consent = (typeof CONSENTS)[number];

/** Whether the server was asked to forget this computer: `waiting` until it has answered that it does. */
export const ERASURES = ["none", "waiting", "done"] as const;
export type Erasure = (typeof ERASURES)[number];

export const TelemetryView = v.object({
  consent: v.picklist(CONSENTS),
  /** The ring of an enrolment for this computer, which invites and never consents; `null`: nothing is asked. */
  invitation: v.nullable(v.picklist(RINGS)),
  erasure: v.picklist(ERASURES),
});
export type TelemetryView = v.InferOutput<typeof TelemetryView>;

/** One thing that leaves with the next batch, as it would leave now. */
export const TelemetryPart = v.object({
  kind: v.picklist(["logs", "metrics", "file"]),
  /** The server that it goes to; `null`: it stays on this computer. */
  to: v.nullable(v.string()),
  /** Whether the enrolment and a signature of this computer go with it. */
  signed: v.boolean(),
  /** The body, indented. */
  text: v.string(),
});
export type TelemetryPart = v.InferOutput<typeof TelemetryPart>;
