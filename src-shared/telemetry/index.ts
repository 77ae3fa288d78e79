export { type SendResult, decideNext, type RetryDecision, REST_MS } from "./retry-decision.ts";
export { type SentAt, timeOfEvent } from "./clock.ts";
export {
  type Enrolment,
  ENROLMENT_PROFILE,
  EnrolmentClaims,
  type EnrolmentError,
  enrolmentIn,
  parseEnrolment,
} from "./enrolment.ts";
export { EventId, eventIdOf } from "./event-id.ts";
export {
  FeedbackContent,
  parseTelemetryEvent,
  ProblemContent,
  Crash,
  SecurityFinding,
  TelemetryEvent,
  UpdateStep,
} from "./event.ts";
export { type LocalMetrics, localMetricsName, localMetricsOf, stampOf } from "./local-metrics.ts";
export {
  CRASH_REASONS,
  type CrashReason,
  type Feature,
  FEATURES,
  type Lost,
  NOTHING_LOST,
  type Operation,
  OPERATIONS,
  type ProcessKind,
  PROCESSES,
  SessionState,
  VERDICT_BOUNDS_MS,
  type VerdictCode,
} from "./measures.ts";
export {
  type Batch,
  decodeLogs,
  decodeRecords,
  encodeLogs,
  LOGS_PATH,
  MAX_BATCH_BYTES,
  type PartialBatch,
} from "./otlp-logs.ts";
export { encodeMetrics, METRICS_PATH } from "./otlp-metrics.ts";
export { Resource, Sender } from "./resource.ts";
export { beginSession, changeSession, endSession, type Sample, type SessionChange } from "./session.ts";
export {
  ENROL_HEADER,
  ERASE_PATH,
  SIGNATURE_HEADER,
  SIGNED_AT_HEADER,
  STATEMENT_TOLERANCE_MS,
  type StatementAbout,
  statementOf,
} from "./statement.ts";
