import type { SecurityFinding, SessionChange } from "../../src-shared/telemetry/index.ts";
import { type Log, type LogEventName, type LogEvents, categoryOf } from "../log/index.ts";

type Listener = {
  readonly note: (change: SessionChange) => void;
  readonly report: (finding: SecurityFinding) => void;
};

/** The same log, which also counts its events for telemetry in the categories of docs/formats/logs.md. */
export function countLogEvents({ note, report }: Listener, log: Log): Log {
  return (event, fields) => {
    log(event, fields);
    const category = categoryOf(event, fields);
    if (category === "fault") note({ kind: "fault" });
    if (category === "signature" || category === "rollback") {
      note({ kind: "security", what: category });
      const subject = subjectOf(event);
      const code = "code" in fields ? fields.code : "";
      // A license is reported by the code that has its text, together with its hash.
      const artefact = "artefact" in fields ? fields.artefact : null;
      if (subject) report({ what: category, subject, code, artefact });
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
