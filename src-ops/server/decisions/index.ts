export { alertIncidents } from "./alert-incidents.ts";
export type { Assessment } from "./assess.ts";
export { auditFeed } from "./audit-feed.ts";
export { type Deadline, deadlinesOf, lateIncidents } from "./deadlines.ts";
export {
  type Audit,
  auditDecisions,
  Decision,
  INCIDENT_DECISIONS,
  type IncidentDecision,
  logDecision,
} from "./decision-log.ts";
export { haltOriginOf, shortKeyId } from "./halts-in-log.ts";
export { nextReminder } from "./incident-log.ts";
export { type Incident, incidentsOf } from "./incidents.ts";
export { publishHalt } from "./publish-halt.ts";
export { logRestore } from "./running-releases.ts";
export { type AssessorPorts, createRingAssessor, type Evaluation, type RingAssessor } from "./ring-assessor.ts";
export { syncEnrolments } from "./sync-enrolments.ts";
export { expiriesOf } from "./expiries.ts";
export { type RefusedFile, type ServiceProblems, storedServiceIncidents } from "./service-incidents.ts";
export { startWatchLoop, type WatchLoop } from "./watch-loop.ts";
export { watchOnce, type WatchPorts } from "./watch.ts";
