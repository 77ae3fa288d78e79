export { hasBearerToken } from "./bearer.ts";
export { createHttpServer, type Route } from "./http-server.ts";
export { createRateLimiter, type Rate, type RateLimiter } from "./rate-limiter.ts";
export type { HttpRequest } from "./request.ts";
export { type HttpResponse, OK_RESPONSE, errorResponse, RETRY_SECONDS, retryLater } from "./response.ts";
