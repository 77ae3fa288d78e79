export { metricsRoute } from "./metrics-route.ts";
export { windowName } from "./release-families.ts";
export { createServerHealth, type ServerHealth } from "./server-health.ts";
