export { createDevices } from "./devices.ts";
export { ingest, INGEST_PATHS } from "./ingest.ts";
export { ticketRoute } from "./ticket-route.ts";
export { createWriteBatcher } from "./write-batcher.ts";
