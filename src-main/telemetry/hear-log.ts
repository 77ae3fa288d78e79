import type { SecurityFinding, SessionChange } from "../../src-shared/telemetry/index.ts";
import { type Log, type LogEventName, type LogEvents, markOf } from "../log/index.ts";

type Listener = {
  readonly note: (change: SessionChange) => void;
  readonly report: (finding: SecurityFinding) => void;
};

/** A log whose lines are counted as collectors count them (docs/formats/logs.md), by the same marks. */
export function heardBy({ note, report }: Listener, log: Log): Log {
  return (event, fields) => {
    log(event, fields);
    const mark = markOf(event, fields);
    if (mark === "fault") note({ kind: "fault" });
    if (mark === "signature" || mark === "rollback") {
      note({ kind: "security", what: mark });
      const subject = subjectOf(event);
      const code = "code" in fields ? fields.code : "";
      // A license is reported by whoever has its text, and with its hash.
      const artefact = "artefact" in fields ? fields.artefact : null;
      if (subject) report({ what: mark, subject, code, artefact });
    }
    for (const operation of failedIn(event, fields)) note({ kind: "operation", operation, succeeded: false });
  };
}

function subjectOf(event: LogEventName): SecurityFinding["subject"] | undefined {
  switch (event) {
    case "vault.refused":
      return "stick";
    case "keys.refused":
      return "keys";
    case "revocations.refused":
      return "revocations";
    case "updates.refused":
      return "update";
    default:
      return undefined;
  }
}

function failedIn<N extends LogEventName>(event: N, fields: LogEvents[N]): ("play" | "unlock")[] {
  const code = "code" in fields ? fields.code : undefined;
  if (event === "playback.fault") return code === "REMOVED" ? [] : ["play"];
  return event === "license.refused" && code === "STATE_NOT_WRITTEN" ? ["unlock"] : [];
}
