export { hasBearerToken } from "./bearer.ts";
export { createHttpServer, type RateLimit, type RawRequest } from "./http-server.ts";
export { type Refusal, refuse, STORAGE_RETRY_SECONDS } from "./reply.ts";
