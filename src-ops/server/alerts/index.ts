export {
  type Alert,
  ALERT_KINDS,
  ALERT_LEVELS,
  ALERT_RULES,
  type AlertKind,
  type AlertLevel,
  type Owner,
  type Task,
  taskOf,
  usualLevelOf,
} from "./alert.ts";
export { type AlertingConfig, readAlerting } from "./alerting-config.ts";
export { deliver } from "./deliver.ts";
export { incidentMessage, OWNERS, RUNBOOKS } from "./messages.ts";
