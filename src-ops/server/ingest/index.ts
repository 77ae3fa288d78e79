export { createDevices } from "./devices.ts";
export { ingest, INGEST_PATHS } from "./ingest.ts";
export { ticketRoute } from "./ticket-route.ts";
export { createCommits } from "./write-batcher.ts";
