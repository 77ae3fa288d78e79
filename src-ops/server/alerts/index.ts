export {
  type Alert,
  ALERT_KINDS,
  ALERT_LEVELS,
  ALERT_RULES,
  OF_THE_SERVER,
  type AlertKind,
  type AlertLevel,
  type Owner,
  type Task,
  lateIdOf,
  taskOf,
  usualLevelOf,
} from "./alert.ts";
export { type AlertingConfig, readAlerting, withDuty } from "./alerting-config.ts";
export type { Channel, SendFailure } from "./channels/index.ts";
export { allChannels, channelsFor, deliver, digestOf, FAILED_CHANNEL, type Sending, sendTo } from "./deliver.ts";
export { incidentMessage, OWNERS, RUNBOOKS } from "./messages.ts";
