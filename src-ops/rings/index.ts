export type { Assessment } from "./deciding/assess.ts";
export { type Audit, auditDecisions, type Decision } from "./deciding/decision-log.ts";
export { startWatchLoop, type WatchLoop } from "./deciding/watch-loop.ts";
export { assessRings, watchOnce, type WatchPorts } from "./deciding/watch.ts";
export { type PolicyFile, readPolicy } from "./policy-file.ts";
export { RING_DATA, RING_DATABASE } from "./places.ts";
export { type RingServer, type RingServerPorts, startRingServer } from "./server/ring-server.ts";
export { simulate, type Simulated, type Simulation } from "./simulation/simulate.ts";
export { openSqliteStore, type SqliteStore } from "./store/sqlite-store.ts";
