export { deliver } from "./delivery.ts";
export { capCrashDumps, countCrashDumps } from "./crash-dumps.ts";
export { createHttpPost } from "./http-post.ts";
export type { PostPort, SignPort } from "./ports.ts";
export { openQueue, QUEUE_LIMITS, type QueuedBatch, type QueueLimits, type TelemetryQueue } from "./queue.ts";
export {
  checkedUrl,
  createTransport,
  type Destination,
  type SendContext,
  type Transport,
  type TransportPorts,
} from "./transport.ts";
export { createTelemetry, type Telemetry, type TelemetryPorts } from "./telemetry.ts";
export { createConsent } from "./consent.ts";
export { sampleProcesses } from "./app-sample.ts";
export { countCalls } from "./count-calls.ts";
export { findEnrolment } from "./find-enrolment.ts";
export { countLogEvents } from "./count-log-events.ts";
export { reportLicenses } from "./report-licenses.ts";
export { createUpdateFunnel } from "./update-funnel.ts";
export { watchProcesses } from "./watch-processes.ts";
export { noteSeek } from "./note-seek.ts";
