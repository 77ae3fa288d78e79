export { audit, type AuditReport } from "./audit.ts";
