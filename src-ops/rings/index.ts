export { type Account, ACCOUNT_ROLES, type AccountRole, putAccount } from "./console/accounts.ts";
export { consoleRoutes, type ConsolePorts } from "./console/console-routes.ts";
export { progressReport } from "./console/report.ts";
export { viewOf } from "./console/view.ts";
export type { Assessment } from "./deciding/assess.ts";
export { auditFeed } from "./deciding/audit-feed.ts";
export { type Deadline, deadlinesOf } from "./deciding/deadlines.ts";
export {
  type Audit,
  auditDecisions,
  type Decision,
  INCIDENT_DECISIONS,
  type IncidentDecision,
  logDecision,
} from "./deciding/decision-log.ts";
export { createIncidentBook } from "./deciding/incident-book.ts";
export { tellIncidents } from "./deciding/tell.ts";
export { startWatchLoop, type WatchLoop } from "./deciding/watch-loop.ts";
export { logRestore } from "./deciding/running.ts";
export { assessRings, watchOnce, type WatchPorts } from "./deciding/watch.ts";
export type { Route } from "./server/http.ts";
export { type RingServer, type RingServerPorts, startRingServer } from "./server/ring-server.ts";
export { simulate, type Simulated, type Simulation } from "./simulation/simulate.ts";
export { backUpFile } from "./store/backup.ts";
export { openRingStore, RING_DATA, RING_DATABASE, type RingPlace } from "./store/open-store.ts";
export type { RingStore } from "./store/ring-store.ts";
export { storageFailureOf, storageProblemOf } from "./store/storage-problem.ts";
export { openSqliteStore, type SqliteStore } from "./store/sqlite-store.ts";
export { metricsRoute } from "./monitoring/metrics-route.ts";
export { readMetricsToken } from "./monitoring/metrics-token.ts";
export { windowName } from "./monitoring/release-families.ts";
export { createServerHealth, type ServerHealth } from "./monitoring/server-health.ts";
export { clientProbes } from "./probing/client-probes.ts";
export { createProbing } from "./probing/probe-places.ts";
