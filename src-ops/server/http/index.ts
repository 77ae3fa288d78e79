export { showsToken } from "./bearer.ts";
export { createHttpServer, type Route } from "./http-server.ts";
export { createRates, type Rate, type Rates } from "./rate-limiter.ts";
export type { Received } from "./request.ts";
export { type Answer, DONE, refusal, RETRY_SECONDS, waitFor } from "./response.ts";
