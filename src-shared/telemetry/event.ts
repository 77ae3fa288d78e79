import * as v from "valibot";
import type { Json } from "../encoding/strict-json.ts";
import { ROLLBACK_CAUSES } from "../license/index.ts";
import { err, ok, type Result } from "../result.ts";
import { BuildId, Sha256Hex } from "../updates/index.ts";
import { ProblemReport, Diagnostics, OCCASIONS, Opinion, Ticket } from "../feedback/index.ts";
import { EventId } from "./event-id.ts";
import { AppVersion, Count, CRASH_REASONS, PROCESSES, SessionState } from "./measures.ts";

// The allow-list of telemetry: strict objects, so that a member that is not named here is refused, not passed on.

const Code = v.pipe(v.string(), v.regex(/^[A-Z][A-Z0-9_]{0,39}$/));

export const SecurityFinding = v.strictObject({
  what: v.picklist(["signature", "rollback"]),
  subject: v.picklist(["license", "stick", "keys", "revocations", "update"]),
  code: Code,
  /** What was older than before, if a license is `ROLLED_BACK`; absent in every other finding. */
  cause: v.exactOptional(v.picklist(ROLLBACK_CAUSES)),
  /** SHA-256 of the refused file or token; `null`: there is none, because something is missing. */
  artefact: v.nullable(Sha256Hex),
});
export type SecurityFinding = v.InferOutput<typeof SecurityFinding>;

export const UpdateStep = v.strictObject({
  step: v.picklist(["offered", "downloaded", "installed", "healthy", "failed"]),
  build: BuildId,
  seq: Count,
  code: v.nullable(Code),
});
export type UpdateStep = v.InferOutput<typeof UpdateStep>;

/** A process that ended although the app goes on, or, of the last session, the main process. */
export const Crash = v.strictObject({ process: v.picklist(PROCESSES), reason: v.picklist(CRASH_REASONS) });
export type Crash = v.InferOutput<typeof Crash>;

/** The answer of a pilot; `score` is `null` if the pilot was asked and did not want to answer. */
export const FeedbackContent = v.pipe(
  v.strictObject({ version: AppVersion, occasion: v.picklist(OCCASIONS), ...Opinion.entries }),
  v.check(({ score, well, badly, comment, contact }) => score !== null || well + badly + comment + contact === ""),
);
export type FeedbackContent = v.InferOutput<typeof FeedbackContent>;

/** A problem that a person reports: it opens a ticket. */
export const ProblemContent = v.strictObject({
  version: AppVersion,
  ticket: Ticket,
  ...ProblemReport.entries,
  diagnostics: Diagnostics,
});
export type ProblemContent = v.InferOutput<typeof ProblemContent>;

// Of one session; an app that sends a state every five minutes reaches it after almost a year.
const MAX_SEQ = 100_000;

const ENVELOPE = {
  v: v.literal(1),
  id: EventId,
  session: EventId,
  seq: v.pipe(Count, v.minValue(1), v.maxValue(MAX_SEQ)),
  at: Count,
  up: Count,
};

export const TelemetryEvent = v.variant("kind", [
  v.strictObject({ ...ENVELOPE, kind: v.literal("session"), state: SessionState }),
  v.strictObject({ ...ENVELOPE, kind: v.literal("security"), finding: SecurityFinding }),
  v.strictObject({ ...ENVELOPE, kind: v.literal("update"), update: UpdateStep }),
  v.strictObject({ ...ENVELOPE, kind: v.literal("crash"), crash: Crash }),
  v.strictObject({ ...ENVELOPE, kind: v.literal("feedback"), feedback: FeedbackContent }),
  v.strictObject({ ...ENVELOPE, kind: v.literal("problem"), problem: ProblemContent }),
]);
/** One event, as it is queued and sent (docs/formats/telemetry.md). */
export type TelemetryEvent = v.InferOutput<typeof TelemetryEvent>;

/**
 * Reads an event (attacker-controlled at a receiver). `MALFORMED`: not in our form, or with members that are not
 * allowed.
 */
export function parseTelemetryEvent(json: Json): Result<TelemetryEvent, "MALFORMED"> {
  const event = v.safeParse(TelemetryEvent, json);
  return event.success ? ok(event.output) : err("MALFORMED");
}
