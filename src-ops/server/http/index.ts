export { decodedBody } from "./content-encoding.ts";
export { hasBearerToken } from "./bearer.ts";
export { clientNetwork } from "./client-network.ts";
export type { ConnectionLimits } from "./connections.ts";
export { createHttpServer, type RateLimit, type RawRequest } from "./http-server.ts";
export { createPacedQueue } from "./paced-queue.ts";
export { type Refusal, refuse, STORAGE_RETRY_SECONDS, TOO_LARGE } from "./reply.ts";
export { readTokenFile } from "./token-file.ts";
