export { createDevices } from "./devices.ts";
export type { IngestLimits } from "./identification.ts";
export { ingestRoutes } from "./ingest.ts";
export { ticketRoute } from "./ticket-route.ts";
export { createWriteBatcher } from "./write-batcher.ts";
