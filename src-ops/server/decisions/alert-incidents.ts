import { type AlertingConfig, usualLevelOf, withDuty } from "../alerts/index.ts";
import type { RingStore } from "../store/index.ts";
import { lateIncidents } from "./deadlines.ts";
import { failedChannelsAfter, openFailedChannels } from "./failed-channels.ts";
import { createIncidentLog } from "./incident-log.ts";
import { type Incident, incidentsOf } from "./incidents.ts";
import type { Evaluation } from "./ring-assessor.ts";
import { sendAlerts } from "./send-alerts.ts";
import { NO_PROBLEMS, serviceIncidents, type ServiceProblems } from "./service-incidents.ts";
import { DEFAULT_LANGUAGE } from "../../../src-shared/languages.ts";
import type { UnixMs } from "../../../src-shared/units.ts";

/**
 * Stores the current incidents of the rings, and sends the alerts that are due, to each recipient once. A recipient that
 * cannot be reached is an incident of its own, which the others are told once. Without a configuration, no alert is sent.
 */
export async function alertIncidents(
  store: RingStore,
  { rings, log }: Pick<Evaluation, "rings" | "log">,
  config: AlertingConfig | undefined,
  now: UnixMs,
  signal: AbortSignal,
  problems: ServiceProblems = NO_PROBLEMS,
): Promise<{ readonly sent: number; readonly undelivered: number }> {
  const incidentLog = createIncidentLog(store, config?.levelOf ?? usualLevelOf);
  const open = await store.incidents.open();
  const language = config?.language ?? DEFAULT_LANGUAGE;
  const late = lateIncidents(open, rings, log, now, language);
  const service = serviceIncidents(problems, rings, language);
  const own = [...service, ...rings.flatMap((assessment) => incidentsOf(assessment, log, language))];
  const sendDue = async (channels: readonly Incident[]) => {
    const due = await incidentLog.due([...own, ...late, ...channels], now);
    return config ? sendAlerts(store.deliveries, due, withDuty(config, now), now, signal) : undefined;
  };
  const before = config ? openFailedChannels(open, config) : [];
  const first = await sendDue(before);
  if (!first) return { sent: 0, undelivered: 0 };
  const after = failedChannelsAfter(before, first);
  const second = isSame(before, after) ? undefined : await sendDue(after);
  // The second round has everything that the first could not send, and the alerts about channels.
  const { unreached } = second ?? first;
  return { sent: first.reached.length + (second?.reached.length ?? 0), undelivered: unreached.length };
}

function isSame(before: readonly Incident[], after: readonly Incident[]): boolean {
  return before.length === after.length && after.every((incident) => before.includes(incident));
}
