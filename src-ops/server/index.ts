export {
  type Alert,
  ALERT_KINDS,
  ALERT_RULES,
  OF_THE_SERVER,
  ALERT_LEVELS,
  type AlertingConfig,
  type AlertKind,
  type AlertLevel,
  deliver,
  digestOf,
  readAlerting,
  withDuty,
  RUNBOOKS,
  usualLevelOf,
} from "./alerts/index.ts";
export {
  ACCOUNT_ROLES,
  type AccountRole,
  type ConsolePorts,
  consoleRoutes,
  runbooksRoute,
  progressReport,
  putAccount,
  viewOf,
} from "./console/index.ts";
export {
  type Assessment,
  type Audit,
  auditDecisions,
  auditFeed,
  createRingAssessor,
  type Deadline,
  deadlinesOf,
  expiriesOf,
  haltOriginOf,
  shortKeyId,
  INCIDENT_DECISIONS,
  type Decision,
  type IncidentDecision,
  logDecision,
  logRestore,
  type RefusedFile,
  type RingAssessor,
  type ServiceProblems,
  startWatchLoop,
  syncEnrolments,
  alertIncidents,
  type WatchLoop,
  watchOnce,
  type WatchPorts,
} from "./decisions/index.ts";
export { createServerHealth, metricsRoute, type ServerHealth, windowName } from "./metrics/index.ts";
export { readTokenFile } from "./http/index.ts";
export { clientProbes, createProbing, type ProbePorts } from "./probes/index.ts";
export { startRingServer } from "./ring-server.ts";
export {
  BACKUPS,
  backUpFile,
  openRingStore,
  RING_DATA,
  RING_DATABASE,
  type StoreLocation,
  type RingStore,
  storageFailureOf,
} from "./store/index.ts";
export { createErrorReporter, type ReportError, reportProcessErrors } from "./unexpected-errors.ts";
export { gateTexts, headline, verdictWord } from "./wording/index.ts";
