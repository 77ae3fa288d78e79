export { type Alert, ALERT_KINDS, ALERT_LEVELS, type AlertKind, type AlertLevel, usualLevelOf } from "./alert.ts";
export { type AlertingConfig, readAlerting } from "./alerting-config.ts";
export { deliver } from "./deliver.ts";
export { incidentMessage, RUNBOOKS } from "./messages.ts";
