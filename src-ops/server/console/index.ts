export { ACCOUNT_ROLES, type AccountRole, putAccount } from "./accounts.ts";
export { type ConsolePorts, consoleRoutes } from "./console-routes.ts";
export { progressReport } from "./report.ts";
export { viewOf } from "./view.ts";
export { runbooksRoute } from "./runbooks-route.ts";
